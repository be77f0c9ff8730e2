/**
 * A small mirror of people and articles, kept with the event feed.
 *
 *   npx openapi-typescript tenant-v1.yaml -o schema.d.ts
 *   BASE=https://host/api/v1 KEY=jck_… STATE=mirror.json node mirror.js
 *
 * The first run reads everything, later ones only what has changed. The state is written when all of it is there, so a run
 * that broke off is simply repeated.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];
type Person = Pick<Schemas["PersonRow"], "id" | "name" | "state">;
type Article = Pick<Schemas["NewsArticleRow"], "id" | "title" | "state">;
type State = { position: number; people: Record<string, Person>; articles: Record<string, Article> };

const PERSON = "id,name,state";
const ARTICLE = "id,title,state";
const GONE = [404, 410]; // removed or not ours to see; withdrawn

const need = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};
const client = createClient<paths>({ baseUrl: need("BASE"), headers: { Authorization: `Bearer ${need("KEY")}` } });

type Answer<Row> = { data?: { results: Row[]; next: string | null }; error?: unknown };

/** Read page after page; `read` gets the cursor of the page. */
async function everything<Row>(read: (cursor?: string) => Promise<Answer<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | undefined; ; ) {
    const { data, error } = await read(cursor);
    if (!data) throw new Error(JSON.stringify(error));
    rows.push(...data.results);
    if (!data.next) return rows;
    cursor = new URL(data.next, "https://any").searchParams.get("cursor") ?? undefined;
  }
}

const eventsAfter = (after: number) =>
  everything((cursor) => client.GET("/events", { params: { query: { after, limit: 100, ...(cursor && { cursor }) } } }));

const byId = <Row extends { id: string }>(rows: Row[]): Record<string, Row> => Object.fromEntries(rows.map((row) => [row.id, row]));

async function readAll(): Promise<State> {
  // The position first: what changes while we read is read again with the next run.
  const position = (await eventsAfter(0)).at(-1)?.position ?? 0;
  const people = await everything<Person>((cursor) =>
    client.GET("/people", { params: { query: { fields: PERSON, limit: 100, ...(cursor && { cursor }) } } }),
  );
  const articles = await everything<Article>((cursor) =>
    client.GET("/news/articles", { params: { query: { fields: ARTICLE, limit: 100, ...(cursor && { cursor }) } } }),
  );
  return { position, people: byId(people), articles: byId(articles) };
}

/** Put what is there now into `rows`; what is not there any more comes out. */
async function renew<Row>(rows: Record<string, Row>, id: string, answer: Promise<{ data?: Row; response: Response }>): Promise<void> {
  const { data, response } = await answer;
  if (data) rows[id] = data;
  else if (GONE.includes(response.status)) delete rows[id];
  else throw new Error(`${response.status} for ${id}`);
}

async function follow(state: State): Promise<State> {
  const events = await eventsAfter(state.position);
  const named = (key: string) =>
    new Set(events.map(({ data }) => data[key]).filter((id): id is string => typeof id === "string" && id !== ""));
  for (const id of named("person_id")) {
    await renew<Person>(state.people, id, client.GET("/people/{id}", { params: { path: { id }, query: { fields: PERSON } } }));
  }
  for (const id of named("article_id")) {
    await renew<Article>(state.articles, id, client.GET("/news/articles/{id}", { params: { path: { id }, query: { fields: ARTICLE } } }));
  }
  return { ...state, position: events.at(-1)?.position ?? state.position };
}

const file = need("STATE");
const state = existsSync(file) ? await follow(JSON.parse(readFileSync(file, "utf8")) as State) : await readAll();
writeFileSync(file, JSON.stringify(state));
console.log(`${Object.keys(state.people).length} people, ${Object.keys(state.articles).length} articles, position ${state.position}`);
