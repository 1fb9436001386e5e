using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>Puts a batch into the chain of batches. Its bytes are elsewhere.</summary>
/// <param name="Index">The batch's position: the next one.</param>
/// <param name="DataCommitment">Where the data publisher has the bytes.</param>
/// <param name="DataHash">Keccak-256 of the bytes: what the batch is, whoever hands it over.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="TransferCount">Number of transfers, which is the number of steps of an assertion.</param>
public sealed record PostBatchCall(long Index, Digest32 DataCommitment, Digest32 DataHash, int Length, int TransferCount) : SettlementPayload
{
    internal const byte KindByte = 1;

    internal override byte Kind => KindByte;

    internal override void WriteBody(WireWriter writer)
    {
        writer.WriteVarint((ulong)Index);
        writer.WriteBytes32(DataCommitment.Value);
        writer.WriteBytes32(DataHash.Value);
        writer.WriteVarint((ulong)Length);
        writer.WriteVarint((ulong)TransferCount);
    }

    internal static PostBatchCall? TryReadBody(ref WireReader reader)
    {
        if (!TryReadNumber(ref reader, out long index) || !reader.TryReadBytes32(out Bytes32 commitment) || !reader.TryReadBytes32(out Bytes32 hash)) return null;
        if (!reader.TryReadCount(int.MaxValue, out int length) || !reader.TryReadCount(int.MaxValue, out int count)) return null;
        return new PostBatchCall(index, new Digest32(commitment), new Digest32(hash), length, count);
    }
}
