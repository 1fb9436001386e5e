using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>A shard's state as it was fetched and checked: that which a sealing header states, and the blocks from that one on.</summary>
/// <param name="Height">The sealing header's height; 0 for the genesis.</param>
/// <param name="State">Channels and atomic transactions; null for the genesis.</param>
/// <param name="Cells">The cells; none for the genesis.</param>
/// <param name="Blocks">The blocks, ascending: the first is the sealing one.</param>
/// <param name="Run">The run of the last one.</param>
/// <param name="HasEnded">True if the last one ends its run.</param>
internal sealed record FetchedState(ulong Height, MachineState? State, IReadOnlyList<StateWrite> Cells, IReadOnlyList<MicroBlock> Blocks, RunKey Run, bool HasEnded)
{
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteUInt64(Height);
        writer.WriteUInt64(Run.Epoch);
        writer.WriteUInt16((ushort)Run.Moment);
        writer.WriteByte(HasEnded ? (byte)1 : (byte)0);
        var state = new ArrayBufferWriter<byte>();
        State?.Write(state);
        writer.WriteVarint((ulong)state.WrittenCount);
        writer.WriteSpan(state.WrittenSpan);
        writer.WriteVarint((ulong)Cells.Count);
        foreach (StateWrite cell in Cells)
        {
            writer.WriteBytes32(cell.Key.Bytes);
            writer.WriteVarint((ulong)cell.Value.Length);
            writer.WriteSpan(cell.Value.Span);
        }
        writer.WriteVarint((ulong)Blocks.Count);
        foreach (MicroBlock block in Blocks) block.Write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what this node wrote to its own log. Null for anything else.</summary>
    public static FetchedState? TryRead(ReadOnlySpan<byte> source)
    {
        var reader = new WireReader(source);
        if (!reader.TryReadUInt64(out ulong height) || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadUInt16(out ushort moment) || !reader.TryReadByte(out byte ended)
            || !reader.TryReadCount(reader.Remaining, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes)) return null;
        MachineState? state = null;
        if (length > 0 && MachineState.TryRead(bytes, out state) != ReadResult.Ok) return null;
        if (!reader.TryReadCount(reader.Remaining, out int count)) return null;
        var cells = new List<StateWrite>();
        for (; count > 0; count--)
        {
            if (!reader.TryReadBytes32(out Bytes32 key) || !reader.TryReadCount(StateWrite.MaxValueBytes, out int size) || !reader.TryReadSpan(size, out ReadOnlySpan<byte> value)) return null;
            cells.Add(new StateWrite(new Digest(key), value.ToArray()));
        }
        if (!reader.TryReadCount(reader.Remaining, out count)) return null;
        var blocks = new List<MicroBlock>();
        for (; count > 0; count--)
        {
            if (MicroBlock.Read(ref reader, out MicroBlock block) != ReadResult.Ok) return null;
            blocks.Add(block);
        }
        return reader.IsAtEnd ? new FetchedState(height, state, cells, blocks, new RunKey(epoch, moment), ended == 1) : null;
    }
}
