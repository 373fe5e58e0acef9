// Drives the official TypeScript client for tests: one request on each line of stdin, one answer on each line of stdout.
// A request is {"client": name, "act": act, ...}; an answer is {"result": ...} or {"error": {"message", "code", "status"}}.

import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const MODES = { modern: { mode: 'auto' }, legacy: { mode: 'legacy' } };
const clients = new Map();

const acts = {
  async connect({ client: name, url, key, mode, agrees }) {
    const asked = [];
    const capabilities = agrees === null ? {} : { elicitation: { form: {} } };
    const client = new Client({ name: 'workflows-tests', version: '1' }, { capabilities, versionNegotiation: MODES[mode] });
    if (agrees !== null) {
      client.setRequestHandler('elicitation/create', async request => {
        asked.push(request.params.message);
        return agrees ? { action: 'accept', content: {} } : { action: 'decline' };
      });
    }
    const requestInit = { headers: { Authorization: `Bearer ${key}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    clients.set(name, { client, asked });
    return {
      version: client.getNegotiatedProtocolVersion(),
      capabilities: client.getServerCapabilities(),
      instructions: client.getInstructions(),
    };
  },
  async close({ client: name }) {
    await clients.get(name).client.close();
    clients.delete(name);
    return null;
  },
  asked: async ({ client: name }) => clients.get(name).asked,
  tools: async ({ client: name }) => (await clients.get(name).client.listTools({}, { cacheMode: 'bypass' })).tools,
  prompts: async ({ client: name }) => (await clients.get(name).client.listPrompts()).prompts,
  prompt: async ({ client: name, prompt }) => (await clients.get(name).client.getPrompt({ name: prompt })).messages,
  resources: async ({ client: name }) => (await clients.get(name).client.listResources()).resources,
  resource: async ({ client: name, uri }) => (await clients.get(name).client.readResource({ uri })).contents,
  call: async ({ client: name, tool, args }) => clients.get(name).client.callTool({ name: tool, arguments: args }),
  // One round of a call, whose question is answered by whoever asked for it.
  round: async ({ client: name, tool, args, more }) =>
    clients.get(name).client.callTool({ name: tool, arguments: args, ...more }, { allowInputRequired: true }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = { result: await acts[request.act](request) };
  } catch (error) {
    answer = { error: { message: String(error.message), code: error.code ?? null, status: error.data?.status ?? null } };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
