using System.Buffers;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using Prozchain.Zk.Tests.Backends;
using Prozchain.Zk.Transcripts;
using Prozchain.Zk.Transforms;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Zk.Merkle.ByteMatrixHash<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Keccak256>;

namespace Prozchain.Zk.Tests;

/// <summary>A statement about random polynomials: batches of matrices, each by log2 of its rows and its width, and points for each.</summary>
internal sealed record FriCase((int LogRows, int Width)[][] Batches, int[] Folds)
{
    private static readonly ProtocolId s_protocol = new("test of fri");

    public int LogBlowup { get; init; } = 1;

    public int Points { get; init; } = 2;

    public BatchingKind Batching { get; init; } = BatchingKind.Powers;

    public GrindingBits Grinding { get; init; } = new(0, 0, 0, 3, 2, 4);

    public int Queries { get; init; } = 12;

    public int Salt { get; init; }

    public FriSettings Settings => new(LogBlowup, Batching, Queries, Grinding, Salt);

    public CommittedBatch<F, Tree>[] Commit(Func<int, int, ColumnSet<F>>? columns = null, int threads = 1)
    {
        var committer = new BatchCommitter<F, Tree>(LogBlowup);
        var salts = new SeededSource(5);
        return [.. Batches.Select((batch, b) =>
        {
            ColumnSet<F>[] sets = [.. batch.Select((matrix, m) => columns is null ? Random(matrix.LogRows, matrix.Width, 100 * b + m) : columns(b, m))];
            return Salt == 0 ? committer.Commit(sets, threads) : committer.CommitSalted(sets, Salt, ref salts, threads);
        })];
    }

    public static ColumnSet<F> Random(int logRows, int width, int seed, F? shift = null, int roomBits = 0)
    {
        int stride = (1 << (logRows + roomBits)) + 3;
        return new(logRows, new(FieldTools.Elements<F>(width * stride, seed), new ColumnLayout(width, stride)), shift ?? F.One, roomBits > 0);
    }

    public OpeningClaim<E>[] Claims(CommittedBatch<F, Tree>[] batches) =>
        [.. from point in FieldTools.Elements<E>(Points, 77)
            from batch in Enumerable.Range(0, batches.Length)
            from matrix in Enumerable.Range(0, batches[batch].Matrices.Count)
            let m = batches[batch].Matrices[matrix]
            select new OpeningClaim<E>(batch, matrix, point, new PointEvaluator<F, KoalaBear4>(m.LogRows, point).Evaluate(m))];

    public byte[] Prove(CommittedBatch<F, Tree>[] batches, OpeningClaim<E>[] claims, int threads = 1) =>
        Prove(CpuBackend.Instance, batches, claims, threads);

    /// <summary>Combines point by point over the whole domain, as the definition says: for words that are of no low degree.</summary>
    public byte[] ProveByDefinition(CommittedBatch<F, Tree>[] batches, OpeningClaim<E>[] claims) => Prove(new NaiveBackend(), batches, claims, 1);

    private byte[] Prove(IBackend backend, CommittedBatch<F, Tree>[] batches, OpeningClaim<E>[] claims, int threads)
    {
        using IBackendRun<F, KoalaBear4> run = backend.Start<F, KoalaBear4, Tree>(new(Settings.LogBlowup, threads));
        var proof = new ArrayBufferWriter<byte>();
        using var transcript = new ProverTranscript<Keccak256>(s_protocol, proof);
        foreach (CommittedBatch<F, Tree> batch in batches) transcript.Absorb("cap"u8, batch.Cap);
        foreach (OpeningClaim<E> claim in claims) transcript.Absorb<E>("values"u8, claim.Values);
        FriProver.Prove(run, transcript, Settings, Folds, batches, claims);
        return proof.WrittenSpan.ToArray();
    }

    public VerifyResult Verify(byte[] proof, IReadOnlyList<(BatchShape Shape, byte[] Cap)> batches, OpeningClaim<E>[] claims)
    {
        using var transcript = new VerifierTranscript<Keccak256>(s_protocol, proof);
        foreach ((_, byte[] cap) in batches) transcript.Absorb("cap"u8, cap);
        foreach (OpeningClaim<E> claim in claims) transcript.Absorb<E>("values"u8, claim.Values);
        VerifyResult result = FriVerifier.Verify<F, KoalaBear4, Tree, Keccak256>(transcript, Settings, Folds, batches, claims);
        return result == VerifyResult.Valid && transcript.Finish() != ReadResult.Ok ? VerifyResult.TrailingBytes : result;
    }

    public static IReadOnlyList<(BatchShape Shape, byte[] Cap)> Public(CommittedBatch<F, Tree>[] batches) => [.. batches.Select(batch => (batch.Shape, batch.Cap.ToArray()))];
}
