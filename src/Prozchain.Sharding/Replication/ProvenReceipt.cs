using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>A leaf of another shard's receipts tree with its proof: a bundle, a notice or an atomic record.</summary>
internal sealed class ProvenReceipt
{
    private ArrayBufferWriter<byte>? _bundle;

    /// <summary>None yet; the proof is read first.</summary>
    public ProvenReceipt() => Proof = new ReceiptProof();

    private ProvenReceipt(in BodySource source, ReceiptKind kind, ReadOnlyMemory<byte> encoding, ReceiptProof proof) =>
        (Source, Kind, Encoding, Proof) = (source, kind, encoding, proof);

    public BodySource Source { get; private set; }

    public ReceiptKind Kind { get; private set; }

    public ReadOnlyMemory<byte> Encoding { get; private set; }

    public ReceiptProof Proof { get; }

    public ChannelBundle? Bundle { get; private set; }

    public ChannelNotice Notice { get; private set; }

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

    /// <summary>One that stays as it is when this becomes another.</summary>
    public ProvenReceipt Copy() => TryCopy(Source, Kind, Encoding, Proof) ?? throw new InvalidOperationException("Expected to read a receipt of this process.");

    /// <summary>Reads a copy of the leaf. Null for any fault.</summary>
    public static ProvenReceipt? TryCopy(in BodySource source, ReceiptKind kind, ReadOnlyMemory<byte> encoding, ReceiptProof of)
    {
        var proof = new ReceiptProof();
        proof.Become(of);
        return TryRead(source, (byte)kind, encoding.ToArray(), proof);
    }

    /// <summary>Becomes a bundle, whose messages are kept.</summary>
    public void BecomeBundle(in BodySource source, ChannelId channel, ulong sequence, ulong value, int count, ReadOnlyMemory<byte> messages)
    {
        if (Bundle is null) Bundle = new ChannelBundle(channel, sequence, source.Height, value, count, messages);
        else Bundle.Set(channel, sequence, source.Height, value, count, messages);
        _bundle ??= new ArrayBufferWriter<byte>();
        _bundle.ResetWrittenCount();
        Bundle.Write(_bundle);
        (Source, Kind, Encoding) = (source, ReceiptKind.Bundle, _bundle.WrittenMemory);
    }

    /// <summary>Becomes a copy of what a shard of this process said: a bundle or a notice. False for any other, and any fault.</summary>
    public bool TryBecome(in BodySource source, SentReceipt sent)
    {
        Proof.Become(sent.Proof);
        _bundle ??= new ArrayBufferWriter<byte>();
        _bundle.ResetWrittenCount();
        _bundle.Write(sent.Encoding.Span);
        if (sent.Kind == ReceiptKind.Notice) return TryBecomeNotice(source, _bundle.WrittenMemory);
        Bundle ??= new ChannelBundle(default, 0, 0, 0, 0, default);
        (Source, Kind, Encoding) = (source, sent.Kind, _bundle.WrittenMemory);
        return sent.Kind == ReceiptKind.Bundle && Bundle.TryBecome(Encoding);
    }

    /// <summary>Becomes a notice, whose encoding is kept. False for any fault.</summary>
    public bool TryBecomeNotice(in BodySource source, ReadOnlyMemory<byte> encoding)
    {
        if (ChannelNotice.TryRead(encoding.Span, out ChannelNotice notice) != ReadResult.Ok) return false;
        (Source, Kind, Encoding, Notice) = (source, ReceiptKind.Notice, encoding, notice);
        return true;
    }
}

/// <summary>Names a leaf of a receipts tree for ever: its shard, the height of its block and its place.</summary>
internal readonly record struct ReceiptName(Layout.ShardId Shard, ulong Height, int Index);
