using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>A leaf of another shard's receipts tree with its proof: a bundle, a notice or an atomic record.</summary>
internal sealed class ProvenReceipt
{
    private ProvenReceipt(in BodySource source, ReceiptKind kind, ReadOnlyMemory<byte> encoding, ReceiptProof proof) =>
        (Source, Kind, Encoding, Proof) = (source, kind, encoding, proof);

    public BodySource Source { get; }

    public ReceiptKind Kind { get; }

    public ReadOnlyMemory<byte> Encoding { get; }

    public ReceiptProof Proof { get; }

    public ChannelBundle? Bundle { get; private init; }

    public ChannelNotice Notice { get; private init; }

    public AtomicRecord? Record { get; private init; }

    public ShardEnding? Ending { get; private init; }

    public ReceiptName Name => new(Source.Shard, Source.Height, Proof.Index);

    /// <summary>True if the shard named said so in the block named.</summary>
    public bool IsProven => IsOfSource && Proof.Verify(Source.ReceiptsRoot, Kind, Encoding.Span);

    private bool IsOfSource => Kind switch
    {
        ReceiptKind.Bundle => Bundle!.Channel.Source == Source.Shard && Bundle.SourceHeight == Source.Height,
        ReceiptKind.Notice => (Notice.Kind == ChannelNoticeKind.Grant ? Notice.Channel.Destination : Notice.Channel.Source) == Source.Shard,
        ReceiptKind.Ending => Ending!.Shard == Source.Shard && Ending.Epoch == Source.Epoch,
        _ => Record!.Shard == Source.Shard,
    };

    /// <summary>Reads the leaf. Null for any fault; nothing is proven yet.</summary>
    public static ProvenReceipt? TryRead(in BodySource source, byte kind, ReadOnlyMemory<byte> encoding, ReceiptProof proof)
    {
        switch ((ReceiptKind)kind)
        {
            case ReceiptKind.Bundle when ChannelBundle.TryRead(encoding.Span, out ChannelBundle? bundle) == ReadResult.Ok:
                return new ProvenReceipt(source, ReceiptKind.Bundle, encoding, proof) { Bundle = bundle };
            case ReceiptKind.Notice when ChannelNotice.TryRead(encoding.Span, out ChannelNotice notice) == ReadResult.Ok:
                return new ProvenReceipt(source, ReceiptKind.Notice, encoding, proof) { Notice = notice };
            case ReceiptKind.Record when AtomicRecord.TryRead(encoding.Span, out AtomicRecord? record) == ReadResult.Ok:
                return new ProvenReceipt(source, ReceiptKind.Record, encoding, proof) { Record = record };
            case ReceiptKind.Ending when ShardEnding.TryRead(encoding.Span, out ShardEnding? ending) == ReadResult.Ok:
                return new ProvenReceipt(source, ReceiptKind.Ending, encoding, proof) { Ending = ending };
            default:
                return null;
        }
    }

    public static ProvenReceipt Of(in BodySource source, ChannelBundle bundle, ReceiptProof proof)
    {
        var output = new ArrayBufferWriter<byte>();
        bundle.Write(output);
        return new ProvenReceipt(source, ReceiptKind.Bundle, output.WrittenMemory, proof) { Bundle = bundle };
    }
}

/// <summary>Names a leaf of a receipts tree for ever: its shard, the height of its block and its place.</summary>
internal readonly record struct ReceiptName(Layout.ShardId Shard, ulong Height, int Index);
