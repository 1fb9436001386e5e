using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Zk;
using Prozchain.Zk.Stark;

namespace Prozchain.Devnet.Proofs;

/// <summary>
/// A file proof as it lies on disk: the statement, then the proof (docs/formats/devnet-file-proof.md). Parameters are not in it: they
/// follow from the statement.
/// </summary>
internal sealed record FileProof(FileStatement Statement, StarkProof Proof)
{
    /// <summary>The most bytes that a proof may have: several times what the largest statement needs.</summary>
    public const int MaxSize = 1 << 25;

    private const int HeadSize = 1 + 1 + 4 + FileStatement.HashSize + 1;

    public void Write(IBufferWriter<byte> output)
    {
        Span<byte> head = stackalloc byte[HeadSize];
        head[0] = (byte)Statement.Function;
        head[1] = (byte)Statement.SecurityBits;
        BinaryPrimitives.WriteInt32LittleEndian(head[2..], Statement.Length);
        Statement.Hash.Span.CopyTo(head[6..]);
        head[^1] = (byte)Statement.Prefix.Length;
        output.Write(head);
        output.Write(Statement.Prefix.Span);
        Proof.Write(output);
    }

    /// <summary>Reads untrusted bytes, all of which belong to the proof. Whether it proves anything is for the verifier to say.</summary>
    /// <returns>Ok, UnsupportedVersion, Truncated, TrailingBytes (more than any proof has) or OutOfRange (a target, a length or a height).</returns>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out FileProof? proof)
    {
        proof = null;
        if (source.IsEmpty) return ReadResult.Truncated;
        var function = (FileHash)source[0];
        if (!Enum.IsDefined(function)) return ReadResult.UnsupportedVersion;
        if (source.Length < HeadSize) return ReadResult.Truncated;
        if (source.Length > MaxSize) return ReadResult.TrailingBytes;
        int security = source[1], length = BinaryPrimitives.ReadInt32LittleEndian(source[2..]), prefix = source[HeadSize - 1];
        if (!FileStatement.IsSecurity(security) || length is < 0 or > FileStatement.MaxLength) return ReadResult.OutOfRange;
        if (prefix > Math.Min(FileStatement.MaxPrefix, length)) return ReadResult.OutOfRange;
        if (source.Length < HeadSize + prefix) return ReadResult.Truncated;
        var statement = new FileStatement(function, length, source.Slice(6, FileStatement.HashSize).ToArray(), source.Slice(HeadSize, prefix).ToArray(), security);
        ReadResult read = StarkProof.TryRead(source[(HeadSize + prefix)..], out StarkProof? stark);
        if (read == ReadResult.Ok) proof = new(statement, stark!);
        return read;
    }
}
