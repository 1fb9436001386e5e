using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>The second byte of every ordering message.</summary>
internal enum OrderingMessage : byte
{
    Proposal = 1,
    Vote = 2,
    Certificate = 3,
    WantCertificates = 4,
    WantBlocks = 5,
    Blocks = 6,
    WantBlock = 7,
    Ancestors = 8,
}

/// <summary>The second byte of every record of an ordering log.</summary>
internal enum OrderingRecord : byte
{
    Block = 1,
    VotedBlock = 2,
    Vote = 3,
    Certificate = 4,
}

/// <summary>Encodes messages and records into one buffer: each result is valid until the next call.</summary>
internal sealed class OrderingWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public ReadOnlySpan<byte> Proposal(MicroBlock block, ReadOnlySpan<byte> share)
    {
        Begin((byte)OrderingMessage.Proposal).WriteSpan(share);
        block.Write(_buffer);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Vote(in VoteView vote)
    {
        WireWriter writer = Begin((byte)OrderingMessage.Vote);
        writer.WriteByte((byte)vote.Kind);
        writer.WriteUInt64(vote.View);
        writer.WriteUInt16((ushort)vote.Member);
        writer.WriteBytes32(vote.Subject.Bytes);
        writer.WriteSpan(vote.Share);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Certificate(OrderingCertificate certificate) => Certificate((byte)OrderingMessage.Certificate, certificate);

    public ReadOnlySpan<byte> WantCertificates(ulong view) => Number(OrderingMessage.WantCertificates, view);

    public ReadOnlySpan<byte> WantBlocks(ulong fromHeight) => Number(OrderingMessage.WantBlocks, fromHeight);

    public ReadOnlySpan<byte> WantBlock(in Digest hash, ulong aboveHeight)
    {
        WireWriter writer = Begin((byte)OrderingMessage.WantBlock);
        writer.WriteBytes32(hash.Bytes);
        writer.WriteUInt64(aboveHeight);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Blocks(ulong oldest, OrderingCertificate certificate, IReadOnlyList<MicroBlock> blocks)
    {
        WireWriter writer = Begin((byte)OrderingMessage.Blocks);
        writer.WriteUInt64(oldest);
        certificate.Write(_buffer);
        WriteAll(blocks);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Ancestors(IReadOnlyList<MicroBlock> blocks)
    {
        Begin((byte)OrderingMessage.Ancestors);
        WriteAll(blocks);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> BlockRecord(MicroBlock block, bool voted)
    {
        Begin((byte)(voted ? OrderingRecord.VotedBlock : OrderingRecord.Block));
        block.Write(_buffer);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> VoteRecord(OrderingVoteKind kind, ulong view, in Digest subject)
    {
        WireWriter writer = Begin((byte)OrderingRecord.Vote);
        writer.WriteByte((byte)kind);
        writer.WriteUInt64(view);
        writer.WriteBytes32(subject.Bytes);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> CertificateRecord(OrderingCertificate certificate) => Certificate((byte)OrderingRecord.Certificate, certificate);

    private ReadOnlySpan<byte> Certificate(byte type, OrderingCertificate certificate)
    {
        Begin(type);
        certificate.Write(_buffer);
        return _buffer.WrittenSpan;
    }

    private ReadOnlySpan<byte> Number(OrderingMessage type, ulong number)
    {
        Begin((byte)type).WriteUInt64(number);
        return _buffer.WrittenSpan;
    }

    private void WriteAll(IReadOnlyList<MicroBlock> blocks)
    {
        new WireWriter(_buffer).WriteUInt16((ushort)blocks.Count);
        foreach (MicroBlock block in blocks) block.Write(_buffer);
    }

    private WireWriter Begin(byte type) => _buffer.Restart(type);

    /// <summary>Reads a counted run of blocks; false for any fault.</summary>
    public static bool TryReadBlocks(ref WireReader reader, List<MicroBlock> blocks)
    {
        blocks.Clear();
        if (!reader.TryReadUInt16(out ushort count) || count > WireLimits.MaxBlocksPerMessage || count * MicroHeader.Size > reader.Remaining) return false;
        for (int i = 0; i < count; i++)
        {
            if (MicroBlock.Read(ref reader, out MicroBlock block) != ReadResult.Ok) return false;
            blocks.Add(block);
        }
        return reader.IsAtEnd;
    }

    /// <summary>Reads what follows the type byte of a vote; false for any fault.</summary>
    public static bool TryReadVote(ref WireReader reader, int members, int shareSize, out VoteView vote)
    {
        vote = default;
        if (!reader.TryReadByte(out byte kind) || !reader.TryReadUInt64(out ulong view) || !reader.TryReadUInt16(out ushort member)
            || !reader.TryReadBytes32(out Bytes32 subject) || !reader.TryReadSpan(shareSize, out ReadOnlySpan<byte> share) || !reader.IsAtEnd
            || member >= members || !OrderingCertificate.IsStatement(kind, view, subject)) return false;
        vote = new VoteView((OrderingVoteKind)kind, view, member, new Digest(subject), share);
        return true;
    }
}
