using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Challengers;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>uni-stark and batch-stark: reads a proof, has its openings verified, and checks the constraints at one point.</summary>
internal static class StarkVerifier<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    public static Plonky3Result Verify(
        Plonky3Key<TField, TExt> key, IReadOnlyList<ReadOnlyMemory<TField>> publicValues, ReadOnlySpan<byte> bytes, Challenger<TField, TExt> challenger)
    {
        var reader = new PostcardReader(bytes);
        StarkProof<TField, TExt> proof = StarkProof<TField, TExt>.Read(ref reader, key);
        if (!reader.IsValid) return reader.Result;
        if (!Heights.Fit(key, proof.DegreeBits)) return Plonky3Result.WrongShape;
        foreach (CommitmentShape commitment in key.Commitments)
            if (CapOf(key, proof, commitment.Kind).Length != Heights.CapSize(key, commitment, proof.DegreeBits)) return Plonky3Result.WrongShape;
        int[] logRows = Array.ConvertAll(proof.DegreeBits, bits => bits - key.Config.HidingBits);

        StatementTranscript<TField, TExt>.AbsorbMain(key, challenger, proof.DegreeBits, proof.MainCap, publicValues);
        LookupChallenges<TExt> lookups = StatementTranscript<TField, TExt>.SampleLookups(key, challenger);
        StatementTranscript<TField, TExt>.AbsorbLookups(key, challenger, proof.LookupCap, proof.Terminals);
        TExt alpha = challenger.SampleExtension();
        challenger.Absorb(proof.QuotientCap);
        challenger.Absorb(proof.RandomCap);
        TExt zeta = challenger.SampleExtension();

        Plonky3Result opened = key.Pcs.Verify(key, challenger, Claims(key, proof, zeta, logRows), proof.Opening!);
        if (opened != Plonky3Result.Valid) return opened;
        TExt balance = TExt.Zero;
        for (int i = 0; i < key.Tables.Length; i++)
        {
            if (!ConstraintsHold(key, key.Tables[i], proof.Opened[i], publicValues[i].Span, lookups, i < proof.Terminals.Length ? proof.Terminals[i] : TExt.Zero, alpha, zeta, logRows[i]))
                return Plonky3Result.ConstraintsViolated;
            if (key.Tables[i].HasLookups) balance += proof.Terminals[i];
        }
        return balance == TExt.Zero ? Plonky3Result.Valid : Plonky3Result.LookupImbalance;
    }

    private static Bytes32[] CapOf(Plonky3Key<TField, TExt> key, StarkProof<TField, TExt> proof, CommitmentKind kind) => kind switch
    {
        CommitmentKind.Random => proof.RandomCap,
        CommitmentKind.Main => proof.MainCap,
        CommitmentKind.Quotient => proof.QuotientCap,
        CommitmentKind.Preprocessed => key.PreprocessedCap,
        _ => proof.LookupCap,
    };

    private static Claim<TExt>[] Claims(Plonky3Key<TField, TExt> key, StarkProof<TField, TExt> proof, TExt zeta, int[] logRows)
    {
        var claims = new Claim<TExt>[key.Commitments.Length];
        for (int c = 0; c < claims.Length; c++)
        {
            CommitmentShape commitment = key.Commitments[c];
            var matrices = new MatrixClaim<TExt>[commitment.Matrices.Length];
            for (int m = 0; m < matrices.Length; m++)
            {
                MatrixShape matrix = commitment.Matrices[m];
                TExt[][] values = ValuesOf(commitment.Kind, proof.Opened[matrix.Table], matrix);
                if (key.Config.Hiding)
                    for (int p = 0; p < values.Length; p++) values[p] = [.. values[p], .. proof.Blinds[c][m][p]];
                TExt[] points = values.Length == 1 ? [zeta] : [zeta, key.Pcs.Next(zeta, logRows[matrix.Table])];
                matrices[m] = new(Heights.LogRows(key, commitment, proof.DegreeBits[matrix.Table]), points, values);
            }
            claims[c] = new(CapOf(key, proof, commitment.Kind), matrices);
        }
        return claims;
    }

    private static TExt[][] ValuesOf(CommitmentKind kind, OpenedTable<TExt> opened, MatrixShape matrix) => kind switch
    {
        CommitmentKind.Random => [opened.Random],
        CommitmentKind.Main => matrix.Points == 1 ? [opened.Trace] : [opened.Trace, opened.TraceNext],
        CommitmentKind.Quotient => [opened.Chunks[matrix.Chunk]],
        CommitmentKind.Preprocessed => matrix.Points == 1 ? [opened.Preprocessed] : [opened.Preprocessed, opened.PreprocessedNext],
        _ => [opened.Lookup, opened.LookupNext],
    };

    private static bool ConstraintsHold(
        Plonky3Key<TField, TExt> key, TableFacts table, OpenedTable<TExt> opened, ReadOnlySpan<TField> publicValues,
        LookupChallenges<TExt> challenges, TExt terminal, TExt alpha, TExt zeta, int logRows)
    {
        if (!key.Pcs.TrySelectors(zeta, logRows, out Selectors<TExt> selectors)) return false;
        var publics = new TExt[publicValues.Length];
        for (int i = 0; i < publics.Length; i++) publics[i] = TExt.FromBase(publicValues[i]);
        var point = new AirPoint<TExt>
        {
            Local = opened.Trace,
            // What was not opened no constraint depends on.
            Next = table.OpensNext ? opened.TraceNext : new TExt[table.Shape.Width],
            Preprocessed = opened.Preprocessed,
            PreprocessedNext = table.OpensPreprocessedNext ? opened.PreprocessedNext : new TExt[table.Shape.PreprocessedWidth],
            Public = publics,
        };
        LookupRow<TExt>? lookups = table.HasLookups ? new(table, challenges) : null;
        var builder = new PointBuilder<TExt, Folder<TExt, TExt, LiftNone<TExt>>>(point, new(alpha, selectors, lookups));
        table.Air.Eval<PointBuilder<TExt, Folder<TExt, TExt, LiftNone<TExt>>>, FieldValue<TExt>>(ref builder);
        TExt sum = builder.Sink.Sum;
        if (lookups is not null)
            sum = lookups.Fold<TExt, LiftNone<TExt>>(sum, alpha, Basis<TField, TExt>.JoinAll(opened.Lookup), Basis<TField, TExt>.JoinAll(opened.LookupNext), terminal, selectors);
        var chunks = new TExt[opened.Chunks.Length];
        for (int i = 0; i < chunks.Length; i++) chunks[i] = Basis<TField, TExt>.Join(opened.Chunks[i]);
        return sum == key.Pcs.Quotient(chunks, zeta, logRows) * selectors.Vanishing;
    }
}
