using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Devnet.Reporting;
using Prozchain.Zk;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// Lays the run's shards out as a table over KoalaBear, commits to its rows, draws rows by the transcript and checks
/// their openings. A commitment, not a proof of anything about the rows.
/// </summary>
internal static class TableStage
{
    private const int Counters = 5, RootLimbs = 11, OpenedRows = 8;

    /// <exception cref="RunBrokenException">An opening does not match the root.</exception>
    public static TableSummary Commit(RunStatistics statistics)
    {
        F[][] columns = Columns([.. statistics.Shards.Values]);
        int rows = columns[0].Length;
        var commitment = MatrixCommitment<F, Keccak256>.Commit([.. columns.Select(column => (ReadOnlyMemory<F>)column)]);

        using var transcript = new ProverTranscript<Keccak256>(new ProtocolId("prozchain-devnet-table-v0"), new System.Buffers.ArrayBufferWriter<byte>());
        transcript.Absorb("root"u8, commitment.Root);
        Span<int> drawn = stackalloc int[OpenedRows];
        transcript.ChallengeIndices("rows"u8, rows, drawn);
        var row = new F[columns.Length];
        foreach (int index in drawn)
        {
            VerifyResult result = commitment.Open(index).VerifyRow<F, Keccak256>(commitment.Root, rows, index, row);
            if (result != VerifyResult.Valid) throw new RunBrokenException($"row {index} of the table does not open: {result}");
        }
        return new TableSummary(rows, columns.Length, OpenedRows, Convert.ToHexStringLower(commitment.Root));
    }

    private static F[][] Columns(ShardStatistics[] shards)
    {
        int rows = (int)BitOperations.RoundUpToPowerOf2((uint)shards.Length);
        F[][] columns = [.. Enumerable.Range(0, Counters + RootLimbs).Select(_ => new F[rows])];
        Span<byte> limb = stackalloc byte[4];
        for (int i = 0; i < shards.Length; i++)
        {
            ShardStatistics shard = shards[i];
            long[] counters = [shard.Blocks, shard.Applied, shard.Failed, shard.ReceiptsOut, shard.ReceiptsIn];
            for (int c = 0; c < Counters; c++) columns[c][i] = F.FromUInt64((ulong)counters[c]);
            // 24 bits a limb: every limb is canonical, and the root can be read back from the row.
            byte[] root = Convert.FromHexString(shard.StateRoot);
            for (int c = 0; c < RootLimbs; c++)
            {
                limb.Clear();
                root.AsSpan(3 * c, Math.Min(3, root.Length - 3 * c)).CopyTo(limb);
                columns[Counters + c][i] = F.FromUInt32(BinaryPrimitives.ReadUInt32LittleEndian(limb));
            }
        }
        return columns;
    }
}
