using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>What a settlement call asks for: one of the six kinds below. Wire form: docs/formats/rollups-settlement.md.</summary>
public abstract record SettlementPayload
{
    private protected SettlementPayload()
    {
    }

    internal abstract byte Kind { get; }

    internal abstract void WriteBody(WireWriter writer);

    internal void Write(WireWriter writer)
    {
        writer.WriteByte(Kind);
        WriteBody(writer);
    }

    /// <summary>Views into <paramref name="bytes"/> are kept.</summary>
    internal static SettlementPayload? TryRead(ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes.Span);
        if (!reader.TryReadByte(out byte kind)) return null;
        SettlementPayload? payload = kind switch
        {
            PostBatchCall.KindByte => PostBatchCall.TryReadBody(ref reader),
            AssertCall.KindByte => AssertCall.TryReadBody(ref reader),
            ChallengeCall.KindByte => ChallengeCall.TryReadBody(ref reader),
            BisectCall.KindByte => BisectCall.TryReadBody(ref reader),
            RespondCall.KindByte => RespondCall.TryReadBody(ref reader),
            ProveStepCall.KindByte => ProveStepCall.TryReadBody(ref reader, bytes),
            _ => null,
        };
        return reader.IsAtEnd ? payload : null;
    }

    private protected static bool TryReadNumber(ref WireReader reader, out long value)
    {
        bool ok = reader.TryReadVarint(out ulong number) && number <= long.MaxValue;
        value = ok ? (long)number : 0;
        return ok;
    }

    private protected static bool TryReadSiblings(ref WireReader reader, out Digest32[] siblings)
    {
        siblings = [];
        if (!reader.TryReadCount(MerkleTree<TraceHash>.MaxProofLength, out int count) || count > reader.Remaining / Bytes32.Size) return false;
        siblings = new Digest32[count];
        for (int i = 0; i < count; i++)
        {
            reader.TryReadBytes32(out Bytes32 sibling);
            siblings[i] = new Digest32(sibling);
        }
        return true;
    }

    private protected static void WriteSiblings(WireWriter writer, ReadOnlySpan<Digest32> siblings)
    {
        writer.WriteVarint((ulong)siblings.Length);
        foreach (Digest32 sibling in siblings) writer.WriteBytes32(sibling.Value);
    }
}
