// Fails where a query that is named is not one GitHub's GraphQL schema allows.
import { readFileSync } from "node:fs";
import { validate } from "@octokit/graphql-schema";

for (const file of process.argv.slice(2)) {
	for (const error of validate(readFileSync(file, "utf8"))) {
		console.error(`${file}: ${error.message}`);
		process.exitCode = 1;
	}
}
