// The official TypeScript SDK, 1.x: `Client` over `StdioClientTransport`.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { args, command, confirmation, env, serve } from './client_loop.mjs';

const client = new Client(
  { name: 'bench', version: '1' },
  { capabilities: { elicitation: { form: {} } } },
);
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: confirmation }));
await client.connect(new StdioClientTransport({ command, args, env }));

const { tools } = await client.listTools();
await serve((name, given) => client.callTool({ name, arguments: given }), {
  tools: tools.map((tool) => tool.name),
});
await client.close();
