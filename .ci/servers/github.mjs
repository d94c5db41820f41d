import net from "node:net";

// the emulator has no setting for it: it would listen to the whole network
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (port, ...rest) {
	return listen.call(this, port, "127.0.0.1", ...rest.filter((each) => typeof each === "function"));
};

const { createEmulator } = await import("emulate");
await createEmulator({
	service: "github",
	port: Number(process.env.PORT),
	seed: {
		tokens: {
			"ana-token": { login: "ana", scopes: ["repo", "user"] },
			"bob-token": { login: "bob", scopes: ["repo", "user", "admin:org"] },
		},
		github: {
			users: [{ login: "ana" }, { login: "bob" }],
			orgs: [{ login: "acme", members: [{ login: "bob", role: "admin" }, { login: "ana", role: "member" }] }],
			repos: [{ owner: "acme", name: "voice", auto_init: true }],
		},
	},
});
