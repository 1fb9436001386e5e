using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>The first byte of a message about a shard's state.</summary>
internal enum StateMessage : byte
{
    WantState = 1,
    State = 2,
    WantBlocks = 3,
    Blocks = 4,
    WantCells = 5,
    Cells = 6,
}

/// <summary>Limits and encodings of the messages by which a shard's state is fetched.</summary>
internal static class StateMessages
{
    public const int MaxChunkBytes = 1 << 18, MaxStateBytes = 1 << 24, MaxBlocksBytes = 1 << 20;

    public static byte[] WantState(ulong maxHeight) => Write(StateMessage.WantState, writer => writer.WriteUInt64(maxHeight));

    public static byte[] State(StateSnapshot snapshot)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteByte((byte)StateMessage.State);
        writer.WriteUInt64(snapshot.Height);
        writer.WriteBytes32(snapshot.Cells.Root.Bytes);
        snapshot.State.Write(output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] WantBlocks(Digest hash, ulong downTo) => Write(StateMessage.WantBlocks, writer =>
    {
        writer.WriteBytes32(hash.Bytes);
        writer.WriteUInt64(downTo);
    });

    /// <summary>A block and its ancestors, from the youngest down.</summary>
    public static byte[] Blocks(IReadOnlyList<MicroBlock> blocks)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteByte((byte)StateMessage.Blocks);
        writer.WriteUInt16((ushort)blocks.Count);
        foreach (MicroBlock block in blocks) block.Write(output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] WantCells(ulong height, Digest from) => Write(StateMessage.WantCells, writer =>
    {
        writer.WriteUInt64(height);
        writer.WriteBytes32(from.Bytes);
    });

    public static byte[] Cells(StateSnapshot snapshot, in Digest from)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteByte((byte)StateMessage.Cells);
        writer.WriteUInt64(snapshot.Height);
        snapshot.Cells.WriteRange(from, LastKey, MaxChunkBytes, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The highest key.</summary>
    public static Digest LastKey { get; } = new(Enumerable.Repeat((byte)0xFF, Digest.Size).ToArray());

    /// <summary>The key after one that is not the highest.</summary>
    public static Digest After(in Digest key)
    {
        byte[] bytes = key.Span.ToArray();
        for (int i = bytes.Length - 1; i >= 0 && ++bytes[i] == 0; i--) { }
        return new Digest(bytes);
    }

    private static byte[] Write(StateMessage type, Action<WireWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteByte((byte)type);
        write(writer);
        return output.WrittenSpan.ToArray();
    }
}
