// Vercel AI SDK: `createMCPClient`, whose tools are executed and their output converted as for a
// model.
//
// With `discovery`, its default, it gives a server one second from the spawn to respond, and then
// falls back to the older handshake; with `handshake` it starts with that.

import { createMCPClient, ElicitationRequestSchema } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio';
import { args, command, confirmation, env, serve } from './client_loop.mjs';

const client = await createMCPClient({
  transport: new StdioTransport({ command, args, env }),
  capabilities: { elicitation: {} },
  protocolVersionDiscovery: process.argv[2] === 'discovery',
});
client.onElicitationRequest(ElicitationRequestSchema, () => ({
  action: 'accept',
  content: confirmation,
}));

const tools = await client.tools();
await serve(
  async (name, given) => {
    const output = await tools[name].execute(given, { toolCallId: 'call', messages: [] });
    return tools[name].toModelOutput({ toolCallId: 'call', input: given, output });
  },
  { tools: Object.keys(tools) },
);
await client.close();
