// The official TypeScript SDK, 2.x: `Client`, configured to negotiate the newest revision.

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { args, command, confirmation, env, serve } from './client_loop.mjs';

const client = new Client(
  { name: 'bench', version: '1' },
  { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
);
client.setRequestHandler('elicitation/create', () => ({
  action: 'accept',
  content: confirmation,
}));
await client.connect(new StdioClientTransport({ command, args, env }));

const { tools } = await client.listTools();
await serve((name, given) => client.callTool({ name, arguments: given }), {
  tools: tools.map((tool) => tool.name),
});
await client.close();
