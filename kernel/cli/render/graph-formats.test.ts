import { describe, expect, it } from 'vitest';
import { graphToDot } from './graph-dot.ts';
import { graphToMermaid } from './graph-mermaid.ts';
import type { GraphPicture, PictureEdge, PictureNode } from './graph-picture.ts';
import { graphToSvg } from './graph-svg.ts';
import { graphToText } from './graph-text.ts';
import { makeStyle } from './style.ts';

function node(name: string, more: Partial<PictureNode> = {}): PictureNode {
  return { name, module: 'exec', lifecycle: 'run_once', description: '', marks: [], ...more };
}

function edge(from: string, to: string, more: Partial<PictureEdge> = {}): PictureEdge {
  return { from, to, kind: 'order', label: '', handles: false, ...more };
}

/** One of everything. */
const picture: GraphPicture = {
  title: 'release',
  nodes: [
    node('read', { module: 'data:parse', description: 'Reads the input.' }),
    node('keep'),
    node('bad'),
    node('tick', { lifecycle: 'scheduled */5 * * * *' }),
    node('each', { lifecycle: 'event_driven' }),
    node('end', { marks: ['failure handler'] }),
    node('sweep', { marks: ['finally'] }),
  ],
  edges: [
    edge('read', 'keep', { kind: 'stream' }),
    edge('read', 'bad', { kind: 'stream', label: 'dead_letter' }),
    edge('keep', 'end', { kind: 'state', handles: true, label: 'outcome' }),
    edge('tick', 'end'),
    edge('bad', 'each', { kind: 'trigger' }),
  ],
  groups: [['read', 'keep', 'bad']],
};

/** Text that every format would take for its own signs. */
const odd = 'a "b" <c> & \\N #d;';
const oddPicture: GraphPicture = {
  title: 'odd',
  nodes: [node('one', { module: odd, description: `${odd}\n\u001b[31m` })],
  edges: [],
  groups: [],
};

describe('text', () => {
  it('hangs each workload below what it follows, and lists the edges that have no branch', () => {
    expect(graphToText(picture, makeStyle(false))).toBe(`release: 7 workloads

WORKLOAD    MODULE      LIFECYCLE              REMARKS
read        data:parse  run_once
╞═ keep     exec        run_once
│  └┄ end   exec        run_once               failure handler, reads the outcome of keep, ─ tick
╘═ bad      exec        run_once               reads read.dead_letter
   └~ each  exec        event_driven
tick        exec        scheduled */5 * * * *
sweep       exec        run_once               finally

═ stream: records flow
┄ state: a template reads the result
─ order: depends_on
~ trigger: each record starts a run

Stream groups (their workloads start together):
  1  read, keep, bad
`);
  });

  it('says no more than there is', () => {
    const single = { title: 'single', nodes: [node('only')], edges: [], groups: [] };
    expect(graphToText(single, makeStyle(false))).toBe(
      'single: 1 workload\n\nWORKLOAD  MODULE  LIFECYCLE  REMARKS\nonly      exec    run_once\n',
    );
  });

  it('shows control characters as escapes', () => {
    const steering = { ...oddPicture, nodes: [node('one', { module: '\u001b[31m' })] };
    expect(graphToText(steering, makeStyle(false))).toContain('one       \\x1b[31m  run_once\n');
  });
});

describe('dot', () => {
  it('makes clusters of stream groups and tells edges apart', () => {
    expect(graphToDot(picture)).toBe(`digraph "release" {
  graph [rankdir=TB, labelloc=t, fontname="Helvetica", label="release"];
  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11, margin="0.15,0.08"];
  edge [fontname="Helvetica", fontsize=9, arrowsize=0.7];
  subgraph cluster_1 {
    graph [label="stream group 1", style="rounded,dashed", color="#93c5fd", fontsize=9];
    "read" [label="read\\ndata:parse · run_once", tooltip="Reads the input."];
    "keep" [label="keep\\nexec · run_once", tooltip="keep"];
    "bad" [label="bad\\nexec · run_once", tooltip="bad"];
  }
  "tick" [label="tick\\nexec · scheduled */5 * * * *", tooltip="tick"];
  "each" [label="each\\nexec · event_driven", tooltip="each"];
  "end" [label="end\\nexec · run_once\\n(failure handler)", tooltip="end", color="#dc2626"];
  "sweep" [label="sweep\\nexec · run_once\\n(finally)", tooltip="sweep", color="#0f766e", peripheries=2];
  "read" -> "keep" [color="#2563eb", penwidth=2];
  "read" -> "bad" [color="#2563eb", penwidth=2, label="dead_letter"];
  "keep" -> "end" [color="#7c3aed", style=dashed, label="outcome"];
  "tick" -> "end" [color="#64748b"];
  "bad" -> "each" [color="#d97706", style=dotted, penwidth=2, arrowhead=empty];
  "each" -> "sweep" [style=invis];
  "end" -> "sweep" [style=invis];
}
`);
  });

  it('escapes quotes, backslashes, entities and line feeds', () => {
    const escaped = String.raw`a \"b\" <c> &amp; \\N #d;`;
    const inTooltip = String.raw`a \"b\" <c> &amp; \\\\N #d;`;
    expect(graphToDot(oddPicture)).toContain(
      `"one" [label="one\\n${escaped} · run_once", tooltip="${inTooltip}\\n\u001b[31m"];`,
    );
  });
});

describe('mermaid', () => {
  it('makes subgraphs of stream groups, and names nodes by number', () => {
    expect(graphToMermaid(picture)).toBe(`flowchart TB
  subgraph g1["stream group 1"]
    n0["<b>read</b><br/>data:parse · run_once"]
    n1["<b>keep</b><br/>exec · run_once"]
    n2["<b>bad</b><br/>exec · run_once"]
  end
  n3["<b>tick</b><br/>exec · scheduled */5 * * * *"]
  n4["<b>each</b><br/>exec · event_driven"]
  n5["<b>end</b><br/>exec · run_once<br/>failure handler"]
  n6["<b>sweep</b><br/>exec · run_once<br/>finally"]
  n0 ==> n1
  n0 ==>|"dead_letter"| n2
  n1 -.->|"outcome"| n5
  n3 --> n5
  n2 --o n4
  n4 ~~~ n6
  n5 ~~~ n6
  linkStyle 0,1 stroke:#3b82f6
  linkStyle 2 stroke:#8b5cf6
  linkStyle 3 stroke:#64748b
  linkStyle 4 stroke:#d97706
  style n5 stroke:#dc2626,stroke-dasharray:5 3
  style n6 stroke:#0d9488,stroke-width:3px
`);
  });

  it('escapes with its own entities', () => {
    expect(graphToMermaid(oddPicture)).toContain(
      '<br/>a #34;b#34; #60;c#62; #38; #92;N #35;d; · run_once"]',
    );
  });
});

describe('svg', () => {
  it('draws every workload, edge and group, and a legend of the kinds of edges', async () => {
    const svg = await graphToSvg(picture);
    const all = (pattern: RegExp) => Array.from(svg.matchAll(pattern), ([, found]) => found);
    expect(all(/<text class="name"[^>]*>(\w+)</g)).toEqual(picture.nodes.map(({ name }) => name));
    expect(all(/<g class="node ?(\w*)"/g)).toEqual(['', '', '', '', '', 'handler', 'finally']);
    expect(all(/<text class="mark"[^>]*>([^<]+)</g)).toEqual(['failure handler', 'finally']);
    expect(all(/<path class="edge (\w+)" d="M(?!0 5)/g)).toEqual([
      'stream',
      'stream',
      'state',
      'order',
      'trigger',
    ]);
    expect(all(/<g class="label (\w+)"/g)).toEqual(['stream', 'state']);
    expect(all(/<g class="group">/g)).toHaveLength(1);
    expect(all(/<text class="legend"[^>]*>(\w+):/g)).toEqual([
      'stream',
      'state',
      'order',
      'trigger',
    ]);
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('escapes text, and replaces what XML cannot hold', async () => {
    const svg = await graphToSvg(oddPicture);
    const escaped = 'a &quot;b&quot; &lt;c&gt; &amp; \\N #d;';
    expect(svg).toContain(`<title>one: ${escaped}\n\uFFFD[31m</title>`);
    expect(svg).toContain(`>${escaped}</text>`);
  });

  it('shortens long text, and keeps it whole in the tooltip', async () => {
    const name = 'x'.repeat(60);
    const svg = await graphToSvg({ ...oddPicture, nodes: [node(name)] });
    expect(svg).toContain(`>${'x'.repeat(39)}…</text>`);
    expect(svg).toContain(`<title>${name}</title>`);
  });
});
