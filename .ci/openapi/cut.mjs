// Cuts GitHub's description of its API down to the operations that standard input names, one "METHOD /path" a line. What
// a request must look like stays whole. Of answers, the shape stays, but not which fields are required: a stand-in need
// not give all of them. Prose and examples go.
import { readFileSync } from "node:fs";

const [file, licence] = process.argv.slice(2);
const api = JSON.parse(readFileSync(file, "utf8"));
const wanted = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => line.split(" "));

const prose = new Set(["description", "summary", "example", "examples", "externalDocs", "tags", "title", "x-github",
	"x-octokit", "x-multi-segment", "deprecated", "operationId", "headers", "links"]);

// names of properties are not keywords: a property may well be called "title"
const plain = (node, answer, named = false) => {
	if (Array.isArray(node)) return node.map((each) => plain(each, answer));
	if (node === null || typeof node !== "object") return node;
	const out = {};
	for (const [key, value] of Object.entries(node)) {
		if (!named && (prose.has(key) || (answer && key === "required"))) continue;
		if (!named && ["enum", "default", "required"].includes(key)) out[key] = value;
		// without what is required, one thing may be of several shapes
		else out[answer && !named && key === "oneOf" ? "anyOf" : key] = plain(value, answer, !named && key === "properties");
	}
	return out;
};

const paths = {};
for (const [method, path] of wanted) {
	const item = api.paths[path];
	const verb = method.toLowerCase();
	if (!item?.[verb]) throw new Error(`GitHub has no ${method} ${path}`);
	const { responses, parameters, requestBody } = item[verb];
	const kept = { parameters: plain(parameters ?? [], false), responses: {} };
	if (requestBody) kept.requestBody = plain(requestBody, false);
	for (const [status, answer] of Object.entries(responses)) {
		// how GitHub refuses is everywhere the same
		kept.responses[status] = { description: "" };
		if (!status.startsWith("2") || !answer.content) continue;
		kept.responses[status].content = plain(answer.content, true);
	}
	paths[path] ??= item.parameters ? { parameters: plain(item.parameters, false) } : {};
	paths[path][verb] = kept;
}

// what is reached by a reference comes along: from requests first, whole
const components = {};
const follow = (node, answer) => {
	if (node === null || typeof node !== "object") return;
	if (typeof node.$ref === "string") {
		const [, , kind, name] = node.$ref.split("/");
		components[kind] ??= {};
		if (components[kind][name]) return;
		components[kind][name] = plain(api.components[kind][name], answer);
		follow(components[kind][name], answer);
		return;
	}
	for (const each of Object.values(node)) follow(each, answer);
};
for (const item of Object.values(paths)) {
	for (const operation of Object.values(item)) follow({ ...operation, responses: undefined }, false);
}
for (const item of Object.values(paths)) follow(item, true);

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(JSON.stringify({
	openapi: api.openapi,
	info: { title: "GitHub's API, the part that this package calls", version: api.info.version, license: api.info.license },
	"x-licence": readFileSync(licence, "utf8"),
	paths: sorted(paths),
	components: sorted(Object.fromEntries(Object.entries(components).map(([kind, all]) => [kind, sorted(all)]))),
}, null, 1) + "\n");
