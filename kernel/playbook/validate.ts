import type { JsonObject } from '../types/json.ts';
import { checkInputs } from './check-inputs.ts';
import { checkLifecycles } from './check-lifecycles.ts';
import { checkModules } from './check-modules.ts';
import { checkNames, dependencyEdges } from './check-names.ts';
import { checkPipelines } from './check-pipeline.ts';
import { RunChecks } from './check-runs.ts';
import { sourceEdges, streamEdges } from './check-streams.ts';
import { checkTemplates } from './check-templates.ts';
import { type Catalog, type Checking, suggester, type TracedEdge } from './checking.ts';
import { compilePlaybook } from './compile.ts';
import { draftPlaybook, withMeantNames } from './draft.ts';
import { buildGraph, edgesInsideGroups, findCycles } from './graph.ts';
import type { InputFlows } from './input-flows.ts';
import { Inspections } from './inspections.ts';
import type { LoadedPlaybook } from './load.ts';
import type { Edge, Graph, Playbook } from './model.ts';
import { asWorkloadName } from './names.ts';
import { type Findings, ProblemList } from './problem-list.ts';
import { knownKeys, type PlaybookInput, playbookSchema } from './schema.ts';
import { type Path, pathKey, type SourceMap } from './source-map.ts';
import { type KnownWords, refuseForeignWords } from './vocabulary.ts';
import { explainIssues } from './zod-issues.ts';

export type { Catalog } from './checking.ts';

export interface Validation extends Findings {
  /** Missing when there is an error; warnings do not count. */
  playbook?: Playbook;
  graph?: Graph;
  flows: InputFlows;
}

/**
 * Checks a playbook against the language and the modules, and compiles it. It never throws for what
 * the playbook says. CEL is loaded only if the playbook has templates or expressions, and mostly its parser alone.
 */
export async function validatePlaybook(
  loaded: LoadedPlaybook,
  catalog: Catalog,
): Promise<Validation> {
  const problems = new ProblemList();
  const words = refuseForeignWords(loaded.value, loaded.map, problems);
  const { input, known } = checkShape(words, loaded.map, problems);
  const draft = draftPlaybook(known);
  const inspections = new Inspections();
  const suggest = suggester();
  const checking: Checking = { loaded, draft, catalog, problems, inspections, suggest };
  checkNames(checking);
  checkInputs(checking);
  checkModules(checking);
  await checkLifecycles(checking);
  checkPipelines(checking);
  const { graph, flows } = await connect(checking);
  const findings = problems.findings();
  if (input === undefined || problems.hasErrors()) return { flows, ...findings };
  return { playbook: compilePlaybook(input, loaded), graph, flows, ...findings };
}

/** Holds the playbook against the schema. `known` has the names that misspelled keys declare, too. */
function checkShape(
  { playbook, meant }: KnownWords,
  map: SourceMap,
  problems: ProblemList,
): { input?: PlaybookInput; known: JsonObject } {
  // Compiling the schema to a function pays for hundreds of playbooks, not for one.
  const parsed = playbookSchema.safeParse(playbook, { jitless: true });
  if (parsed.success) return { input: parsed.data, known: playbook };
  const wording = { label: keyLabel, knownKeys };
  const findings = explainIssues(parsed.error.issues, playbook, wording);
  for (const { path, place, message, hint, kind } of findings) {
    if (kind === 'required' && meant.has(pathKey(path))) continue;
    const where = kind === 'required' ? path.slice(0, -1) : path;
    const position = place === 'key' ? map.keyPosition(where) : map.valuePosition(where);
    problems.error(`playbook.${kind}`, message, position, hint);
  }
  return { known: withMeantNames(playbook, findings) };
}

/** The nearest key of a path, with the index of a list's item: `` `env[0]` ``. */
function keyLabel(path: Path): string {
  const key = path.findLastIndex((step) => typeof step === 'string');
  const indices = path.slice(key + 1).map((index) => `[${index}]`);
  return path.length === 0 ? 'the playbook' : `\`${path[key] ?? ''}${indices.join('')}\``;
}

async function connect(checking: Checking): Promise<{ graph: Graph; flows: InputFlows }> {
  const { draft, problems } = checking;
  const { edges: stateEdges, handlers, triggerReads, flows } = await checkTemplates(checking);
  const edges = [
    ...dependencyEdges(checking),
    ...streamEdges(checking),
    ...sourceEdges(checking),
    ...stateEdges,
  ];
  const nodes = [...draft.byName.keys()].map(asWorkloadName);
  const placed = edges.filter(({ to }) => draft.byName.has(to));
  const graph = buildGraph(nodes, placed.map(withoutPosition), handlers);
  reportCycles(graph, placed, problems);
  reportEdgesInsideGroups(graph, placed, problems);
  new RunChecks(checking, graph, placed).check(triggerReads);
  return { graph, flows };
}

function reportCycles(graph: Graph, edges: TracedEdge[], problems: ProblemList): void {
  const cycles = findCycles(graph);
  if (cycles.length === 0) return;
  const places = placesOf(edges, ({ from, to }) => `${from} ${to}`);
  for (const cycle of cycles) {
    const closed = [...cycle, cycle[0]];
    const message = `these workloads wait for each other: ${closed.join(' → ')}`;
    // Where the way passes through a group of streams, no edge joins its two ends.
    const steps = cycle.map((name, index) => places.get(`${name} ${closed[index + 1]}`));
    const position = steps.find((place) => place !== undefined);
    problems.error('playbook.cycle', message, position);
  }
}

function reportEdgesInsideGroups(graph: Graph, edges: TracedEdge[], problems: ProblemList): void {
  const inside = edgesInsideGroups(graph);
  if (inside.length === 0) return;
  const edgeKey = ({ from, to, kind }: Edge): string => `${kind} ${from} ${to}`;
  const places = placesOf(edges, edgeKey);
  for (const edge of inside) {
    const message = `'${edge.to}' waits for '${edge.from}' to end, but streams make them run together`;
    problems.error('playbook.edge-in-group', message, places.get(edgeKey(edge)));
  }
}

/** Of equal edges, the place of the first. */
function placesOf(edges: TracedEdge[], keyOf: (edge: TracedEdge) => string) {
  return new Map(edges.toReversed().map((edge) => [keyOf(edge), edge.position]));
}

function withoutPosition({ position: _, ...edge }: TracedEdge) {
  return edge;
}
