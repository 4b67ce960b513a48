// mcporter: its runtime with a server defined in code. A model gets `json()` of the result, as
// printed by its command line, or the text if there is no JSON.

import { createCallResult, createRuntime } from 'mcporter';
import { args, command, env, serve } from './client_loop.mjs';

const runtime = await createRuntime({
  servers: [{ name: 'twilio', command: { kind: 'stdio', command, args, cwd: process.cwd() }, env }],
});

const tools = await runtime.listTools('twilio');
await serve(
  async (name, given) => {
    const result = createCallResult(await runtime.callTool('twilio', name, { args: given }));
    return result.json() ?? result.text();
  },
  { tools: tools.map((tool) => tool.name) },
);
await runtime.close();
