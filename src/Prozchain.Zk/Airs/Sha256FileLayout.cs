using System.Buffers.Binary;

namespace Prozchain.Zk.Airs;

/// <summary>How SHA-256 pads a file of a length (FIPS 180-4, section 5.1.1): what of its last blocks everyone knows.</summary>
internal readonly struct Sha256FileLayout(int length)
{
    public const int BlockSize = 64, MaxLength = 1 << 25;

    private const int LengthSize = 8;

    public int Length => length;

    /// <summary>Blocks: a byte and the length in bits follow the file.</summary>
    public int Blocks => (length + LengthSize) / BlockSize + 1;

    /// <summary>The bytes of a block that belong to the file; what follows them is padding.</summary>
    public int FileBytes(int block) => Math.Clamp(length - block * BlockSize, 0, BlockSize);

    /// <summary>Writes a block's padding behind its bytes of the file.</summary>
    public void Pad(int block, Span<byte> bytes)
    {
        int used = FileBytes(block);
        bytes[used..].Clear();
        if (length / BlockSize == block) bytes[used] = 0x80;
        if (block == Blocks - 1) BinaryPrimitives.WriteUInt64BigEndian(bytes[^LengthSize..], 8 * (ulong)length);
    }
}
