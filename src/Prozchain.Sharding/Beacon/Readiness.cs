using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>A member of the target committee is ready to take over what a proposal makes.</summary>
/// <param name="Proposal"><see cref="TopologyProposal.Id"/>.</param>
/// <param name="Member">Index into the target committee (<see cref="BeaconState.TargetOf"/>).</param>
/// <param name="Signature">Over <see cref="TopologyProposal.Ready"/>'s message.</param>
public sealed record Readiness(Digest Proposal, int Member, ReadOnlyMemory<byte> Signature)
{
    internal void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteBytes32(Proposal.Bytes);
        writer.WriteVarint((ulong)Member);
        BeaconWire.WriteBytes(output, Signature.Span);
    }

    internal static ReadResult Read(ref WireReader reader, out Readiness readiness)
    {
        readiness = null!;
        if (!reader.TryReadBytes32(out Bytes32 proposal)) return ReadResult.Truncated;
        ReadResult result = BeaconWire.ReadCount(ref reader, WireLimits.MaxMembers - 1, 0, out int member);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxSignatureBytes, out byte[] signature);
        if (result == ReadResult.Ok) readiness = new Readiness(new Digest(proposal), member, signature);
        return result;
    }
}
