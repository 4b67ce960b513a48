// Code that the Node clients share; client_loop.py describes the messages of runner and client.

import { createInterface } from 'node:readline';

export const command = process.env.MCP_COMMAND;
export const args = JSON.parse(process.env.MCP_ARGUMENTS);
export const env = JSON.parse(process.env.MCP_ENVIRONMENT);

/** What a person types into the form that the server shows before it deletes. */
export const confirmation = JSON.parse(process.env.MCP_CONFIRMATION);

/** Carry out the runner's calls until it closes stdin; `tools` names what a model is offered. */
export async function serve(call, { tools, problems = {}, notes = [] }) {
  say({ tools, problems, notes });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      say({ handed: await call(request.tool, request.arguments) });
    } catch (error) {
      say({ raised: `${error.name}: ${error.message}` });
    }
  }
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
