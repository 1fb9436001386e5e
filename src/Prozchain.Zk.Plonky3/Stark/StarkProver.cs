using System.Buffers;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Merkle;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>uni-stark and batch-stark without hiding: the proof that the peer would make.</summary>
internal sealed class StarkProver<TField, TExt>(Plonky3Key<TField, TExt> key, IReadOnlyList<Trace<TField>> traces, IReadOnlyList<ReadOnlyMemory<TField>> publicValues)
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private readonly int[] _logRows = [.. traces.Select(trace => System.Numerics.BitOperations.Log2((uint)trace.Height))];
    private readonly int _logBlowup = key.Config.LogBlowup;

    public byte[] Prove(Challenger<TField, TExt> challenger, CancellationToken cancellation)
    {
        MixedTree<TField> main = Commit(traces.Select(trace => key.Pcs.Extend(trace, _logBlowup)));
        List<Trace<TField>> fixedColumns = key.Preprocess();
        MixedTree<TField>? preprocessed = fixedColumns.Count == 0 ? null : Commit(fixedColumns.Select(trace => key.Pcs.Extend(trace, _logBlowup)));
        StatementTranscript<TField, TExt>.AbsorbMain(key, challenger, _logRows, main.Cap, publicValues);

        LookupChallenges<TExt> challenges = StatementTranscript<TField, TExt>.SampleLookups(key, challenger);
        var terminals = new TExt[key.Protocol == Plonky3Protocol.Batch ? traces.Count : 0];
        MixedTree<TField>? lookups = key.HasLookups ? CommitLookups(fixedColumns, challenges, terminals) : null;
        StatementTranscript<TField, TExt>.AbsorbLookups(key, challenger, lookups?.Cap ?? [], terminals);

        TExt alpha = challenger.SampleExtension();
        cancellation.ThrowIfCancellationRequested();
        MixedTree<TField> quotient = CommitQuotient(main, preprocessed, lookups, challenges, terminals, alpha);
        challenger.Absorb(quotient.Cap);
        TExt zeta = challenger.SampleExtension();

        List<(MixedTree<TField> Tree, MatrixClaim<TExt>[] Claims)> inputs = [];
        foreach (CommitmentShape commitment in key.Commitments)
        {
            MixedTree<TField> tree = commitment.Kind switch
            {
                CommitmentKind.Main => main,
                CommitmentKind.Quotient => quotient,
                CommitmentKind.Preprocessed => preprocessed!,
                _ => lookups!,
            };
            inputs.Add((tree, [.. commitment.Matrices.Select((matrix, m) => Claim(tree.Matrices[m], matrix, zeta))]));
        }
        var proof = new StarkProof<TField, TExt>
        {
            MainCap = main.Cap,
            LookupCap = lookups?.Cap ?? [],
            QuotientCap = quotient.Cap,
            Opened = OpenedTables(inputs),
            Opening = key.Pcs.Open(key, challenger, inputs, cancellation),
            Terminals = terminals,
            DegreeBits = _logRows,
        };
        var bytes = new ArrayBufferWriter<byte>();
        proof.Write(new PostcardWriter(bytes), key);
        return bytes.WrittenSpan.ToArray();
    }

    private MixedTree<TField> Commit(IEnumerable<CommittedMatrix<TField>> matrices) => MixedTree<TField>.Commit(key.Suite.Hash, key.Config.CapHeight, [.. matrices]);

    private MixedTree<TField> CommitLookups(List<Trace<TField>> fixedColumns, LookupChallenges<TExt> challenges, TExt[] terminals)
    {
        List<CommittedMatrix<TField>> matrices = [];
        int nextFixed = 0;
        for (int i = 0; i < traces.Count; i++)
        {
            TableFacts table = key.Tables[i];
            Trace<TField>? preprocessed = table.Shape.PreprocessedWidth > 0 ? fixedColumns[nextFixed++] : null;
            if (!table.HasLookups) continue;
            TField[] columns = LookupColumns<TField, TExt>.Compute(table, traces[i], preprocessed, publicValues[i].Span, challenges, out terminals[i]);
            matrices.Add(key.Pcs.Extend(columns, _logRows[i], _logBlowup));
        }
        return Commit(matrices);
    }

    private MixedTree<TField> CommitQuotient(
        MixedTree<TField> main, MixedTree<TField>? preprocessed, MixedTree<TField>? lookups, LookupChallenges<TExt> challenges, TExt[] terminals, TExt alpha)
    {
        List<CommittedMatrix<TField>> chunks = [];
        int nextFixed = 0, nextLookup = 0;
        for (int i = 0; i < traces.Count; i++)
        {
            TableFacts table = key.Tables[i];
            var rows = new QuotientRows<TField, TExt>(table, publicValues[i], challenges, table.HasLookups ? terminals[i] : TExt.Zero, alpha)
            {
                LogRows = _logRows[i],
                Main = main.Matrices[i],
                Preprocessed = table.Shape.PreprocessedWidth > 0 ? preprocessed!.Matrices[nextFixed++] : null,
                Lookups = table.HasLookups ? lookups!.Matrices[nextLookup++] : null,
            };
            chunks.AddRange(key.Pcs.CommitQuotient(rows, _logBlowup));
        }
        return Commit(chunks);
    }

    private MatrixClaim<TExt> Claim(CommittedMatrix<TField> matrix, MatrixShape shape, TExt zeta)
    {
        int logRows = _logRows[shape.Table];
        TExt[] points = shape.Points == 1 ? [zeta] : [zeta, key.Pcs.Next(zeta, logRows)];
        var values = new TExt[points.Length][];
        for (int p = 0; p < points.Length; p++) values[p] = key.Pcs.Evaluate(matrix, matrix.LogHeight - _logBlowup, points[p]);
        return new(matrix.LogHeight - _logBlowup, points, values);
    }

    private OpenedTable<TExt>[] OpenedTables(List<(MixedTree<TField> Tree, MatrixClaim<TExt>[] Claims)> inputs)
    {
        var tables = new OpenedTable<TExt>[traces.Count];
        for (int i = 0; i < tables.Length; i++) tables[i] = new() { Chunks = new TExt[key.Tables[i].Chunks(hiding: false)][] };
        for (int c = 0; c < inputs.Count; c++)
        {
            for (int m = 0; m < inputs[c].Claims.Length; m++)
            {
                MatrixShape shape = key.Commitments[c].Matrices[m];
                OpenedTable<TExt> table = tables[shape.Table];
                TExt[][] values = inputs[c].Claims[m].Values;
                switch (key.Commitments[c].Kind)
                {
                    case CommitmentKind.Main: (table.Trace, table.TraceNext) = (values[0], values.Length > 1 ? values[1] : []); break;
                    case CommitmentKind.Quotient: table.Chunks[shape.Chunk] = values[0]; break;
                    case CommitmentKind.Preprocessed: (table.Preprocessed, table.PreprocessedNext) = (values[0], values.Length > 1 ? values[1] : []); break;
                    default: (table.Lookup, table.LookupNext) = (values[0], values[1]); break;
                }
            }
        }
        return tables;
    }
}
