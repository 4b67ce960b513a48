// mcporter: its runtime with a server defined in code, and `json()` of its result, which its
// command line prints for a model, or the text where there is no such thing.

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
