using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <content>What of a shard stands in a checkpoint besides its cells; between two rounds.</content>
internal sealed partial class HostedShard<TTransition>
{
    /// <summary>Where the writes of blocks go while a checkpoint is under way, else null.</summary>
    public ArrayBufferWriter<byte>? Recording { get; set; }

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        Tip.Write(output);
        writer.WriteBytes32(_receiptsRoot.Bytes);
        writer.WriteBytes32(_writeDigest.Bytes);
        writer.WriteBytes32(Cells.Root.Bytes);
        var state = new ArrayBufferWriter<byte>();
        State.Write(state);
        writer.WriteVarint((ulong)state.WrittenCount);
        writer.WriteSpan(state.WrittenSpan);
        Line.Write(output);
    }

    /// <summary>Puts back what <see cref="Write"/> wrote, over cells that are there already; false for other bytes.</summary>
    public bool TryRead(ref WireReader reader)
    {
        if (MicroHeader.Read(ref reader, out MicroHeader tip) != ReadResult.Ok || tip.Shard != Info.Id || tip.ChainId != Machine.Options.Atomic.ChainId) return false;
        if (!reader.TryReadBytes32(out Bytes32 receipts) || !reader.TryReadBytes32(out Bytes32 writes) || !reader.TryReadBytes32(out Bytes32 root) || new Digest(root) != Cells.Root) return false;
        if (!reader.TryReadCount(reader.Remaining, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes)
            || MachineState.TryRead(bytes, out MachineState? state) != ReadResult.Ok || !Line.TryRead(ref reader)) return false;
        if (tip.StateRoot != state!.StateRoot(Cells.Root)) return false;
        (Tip, State, SealedState, _receiptsRoot, _writeDigest) = (tip, state, state, new Digest(receipts), new Digest(writes));
        return true;
    }

    private void Record(ReadOnlySpan<StateWrite> writes)
    {
        if (Recording is { } output) CheckpointRecord.WriteWrites(writes, output);
    }
}
