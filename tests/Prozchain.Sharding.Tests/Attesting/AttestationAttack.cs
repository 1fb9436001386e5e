using Prozchain.Shared;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Attesting;

/// <summary>Lies that know the protocol: what one of them does is in its name.</summary>
internal sealed class AttestationAttack(string name, Action attacked) : ByzantineBehaviour
{
    public override void Sending(ByzantineContext context, NodeId to, ReadOnlySpan<byte> message)
    {
        byte type = message[1];
        bool isSegment = type == (byte)AttestationMessage.Segment, isDelivery = type == (byte)ReplicaMessage.Delivery;
        switch (name)
        {
            case "withheld witness" when isSegment:
            case "withheld provisions" when isDelivery:
                attacked();
                return;
            case "oversized witness" when isSegment:
                attacked();
                context.Send(to, [.. message, .. new byte[1 << 12]]);
                return;
            case "broken witness" when isSegment:
                attacked();
                byte[] broken = message.ToArray();
                broken[^(1 + context.Random.Next(40))] ^= 1;
                context.Send(to, broken);
                return;
            case "forged receipts root" when isDelivery:
                attacked();
                context.Send(to, ForgedDelivery(message));
                return;
            case "forged attestation" when type == (byte)AttestationMessage.Certificate:
                attacked();
                // Up to a height that nobody has attested, by the same signers.
                byte[] forged = message.ToArray();
                forged[2 + 33] += 5;
                context.Send(to, forged);
                return;
            case "lying attesters" when type == (byte)AttestationMessage.Share:
                attacked();
                context.Send(to, LyingShare(message));
                return;
        }
        context.Send(to, message);
    }

    // A header that states another receipts root, under the certificate of the true one.
    private static byte[] ForgedDelivery(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message[2..]);
        Assert.True(reader.TryReadCount(reader.Remaining, out int length) && reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes));
        Assert.Equal(ReadResult.Ok, FinalityProof.TryRead(message.Slice(2 + reader.Offset - length, length), out FinalityProof? proof));
        MicroHeader header = SegmentSample.With(proof!.Header, receipts: TestNetwork.Key(7));
        byte[] forged = message.ToArray();
        TestNetwork.Encode(header.Write).CopyTo(forged, 2 + reader.Offset - length + 3);
        return forged;
    }

    // Another root after the same blocks, signed with the member's own key.
    private static byte[] LyingShare(ReadOnlySpan<byte> message)
    {
        Attestation.TryRead(message.Slice(2, Attestation.Size), out Attestation statement);
        byte[] lie = message.ToArray();
        (statement with { PostRoot = TestNetwork.Key(3) }).WriteTo(lie.AsSpan(2, Attestation.Size));
        return lie;
    }
}
