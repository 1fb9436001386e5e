using System.Buffers;
using System.Buffers.Binary;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Codec;

/// <summary>
/// Splits a leaf into the planes of its type and writes each in the codec's form, or as it is where that is as good. With a
/// base, of the XOR of both. The leaf's own form is the first byte of its encoding.
/// </summary>
internal sealed class PlaneCodec(PlaneForm form, bool isDelta) : ITensorCodec
{
    // A form and a length for each plane, behind the leaf's form.
    private const int PlaneHeader = 1 + sizeof(uint), MaxPlanes = 4, TileBytes = 4096;

    // All sums of lengths stay within an int.
    private const int MaxLeaf = 1 << 30;

    private const byte RawLeaf = 0, PlanesLeaf = 1;

    /// <summary>How planes are written that are worth it.</summary>
    public PlaneForm Form => form;

    public byte Id { get; } = (byte)((byte)form | (isDelta ? TensorCodecs.DeltaFlag : 0));

    /// <summary>The codec of differences that were taken already, by <see cref="Subtract"/>: it gives the same bytes, but of leaves that stay <see cref="IsRaw"/>.</summary>
    public ITensorCodec Plain => TensorCodecs.Find((byte)form)!;

    /// <summary>Whether a coded leaf is the leaf as it is, without the XOR.</summary>
    public static bool IsRaw(ReadOnlySpan<byte> encoded) => encoded[0] == RawLeaf;

    /// <summary>Replaces a leaf by its difference to its base, or back: its whole elements, as a delta codec takes them.</summary>
    public static void Subtract(Span<byte> leaf, TensorType type, ReadOnlySpan<byte> baseLeaf)
    {
        int whole = leaf.Length - leaf.Length % BytePlanes.CountOf(type);
        BytePlanes.Xor(leaf[..whole], baseLeaf[..whole], leaf);
    }

    public int MaxEncoded(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLeaf);
        return length + 1;
    }

    public int Encode(ReadOnlySpan<byte> leaf, TensorType type, ReadOnlySpan<byte> baseLeaf, Span<byte> destination, Span<byte> scratch = default)
    {
        if (destination.Length < MaxEncoded(leaf.Length))
            throw new ArgumentException($"Expected a destination of at least {MaxEncoded(leaf.Length)} bytes, got {destination.Length}.", nameof(destination));
        CheckBase(leaf, baseLeaf);
        int planes = BytePlanes.CountOf(type), n = leaf.Length / planes;
        int written = 0;
        if (n > 0)
        {
            byte[]? rented = scratch.Length < planes * n ? ArrayPool<byte>.Shared.Rent(planes * n) : null;
            if (rented is not null) scratch = rented;
            Split(leaf[..(planes * n)], baseLeaf, planes, scratch);
            written = Write(scratch, n, planes, leaf[(planes * n)..], destination[..(leaf.Length + 1)]);
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
        if (written != 0) return written;
        destination[0] = RawLeaf;
        leaf.CopyTo(destination[1..]);
        return leaf.Length + 1;
    }

    public unsafe CodecStatus TryDecode(ReadOnlySpan<byte> encoded, TensorType type, ReadOnlySpan<byte> baseLeaf, Span<byte> leaf)
    {
        if (isDelta && baseLeaf.Length != leaf.Length) return CodecStatus.WrongBase;
        if (encoded.IsEmpty) return CodecStatus.WrongLength;
        if (encoded[0] == RawLeaf)
        {
            if (encoded.Length != leaf.Length + 1) return CodecStatus.WrongLength;
            encoded[1..].CopyTo(leaf);
            return CodecStatus.Ok;
        }
        int planes = BytePlanes.CountOf(type), n = leaf.Length / planes, tail = leaf.Length % planes, header = 1 + planes * PlaneHeader;
        if (encoded[0] != PlanesLeaf || n == 0) return CodecStatus.UnknownForm;
        if (encoded.Length < header + tail) return CodecStatus.WrongLength;

        // What is rented follows from the leaf's length, which is the caller's, and from nothing that the encoding says.
        byte[] scratch = ArrayPool<byte>.Shared.Rent(planes * PlaneCursor.ScratchBytes);
        byte[]? inflated = form == PlaneForm.Deflate ? ArrayPool<byte>.Shared.Rent(planes * n) : null;
        CodecStatus status;
        fixed (byte* bytes = encoded, own = scratch, whole = inflated)
        {
            PlaneCursor* cursors = stackalloc PlaneCursor[MaxPlanes];
            status = Open(bytes, encoded.Length - tail, planes, n, own, whole, cursors);
            if (status == CodecStatus.Ok) status = Merge(cursors, planes, baseLeaf, leaf[..(planes * n)]);
        }
        ArrayPool<byte>.Shared.Return(scratch);
        if (inflated is not null) ArrayPool<byte>.Shared.Return(inflated);
        encoded[(encoded.Length - tail)..].CopyTo(leaf[(planes * n)..]);
        return status;
    }

    /// <summary>Most bytes that a leaf takes, without writing them: the measure by which a codec is chosen.</summary>
    public long Estimate(ReadOnlySpan<byte> leaf, TensorType type, ReadOnlySpan<byte> baseLeaf)
    {
        CheckBase(leaf, baseLeaf);
        int planes = BytePlanes.CountOf(type), n = leaf.Length / planes;
        if (n == 0) return leaf.Length + 1;
        byte[] scratch = ArrayPool<byte>.Shared.Rent(planes * n);
        Split(leaf[..(planes * n)], baseLeaf, planes, scratch);
        long size = 1 + planes * PlaneHeader + leaf.Length % planes;
        for (int i = 0; i < planes; i++) size += PlanePlan.Make(scratch.AsSpan(i * n, n), form).MaxSize;
        ArrayPool<byte>.Shared.Return(scratch);
        return Math.Min(size, leaf.Length + 1);
    }

    private void CheckBase(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> baseLeaf)
    {
        if (isDelta && baseLeaf.Length != leaf.Length)
            throw new ArgumentException($"Expected a base of {leaf.Length} bytes, as the leaf has, got {baseLeaf.Length}.", nameof(baseLeaf));
    }

    private void Split(ReadOnlySpan<byte> elements, ReadOnlySpan<byte> baseLeaf, int planes, Span<byte> scratch)
    {
        int n = elements.Length / planes;
        if (!isDelta)
        {
            if (planes == 1) elements.CopyTo(scratch);
            else BytePlanes.Split(elements, scratch, n, planes);
            return;
        }
        Span<byte> tile = stackalloc byte[TileBytes];
        for (int at = 0; at < elements.Length; at += TileBytes)
        {
            int length = Math.Min(TileBytes, elements.Length - at);
            Span<byte> difference = planes == 1 ? scratch.Slice(at, length) : tile[..length];
            BytePlanes.Xor(elements.Slice(at, length), baseLeaf.Slice(at, length), difference);
            if (planes != 1) BytePlanes.Split(difference, scratch[(at / planes)..], n, planes);
        }
    }

    // Returns 0 if the leaf is no shorter that way. A plane that is coded may touch some bytes behind its end, which then are
    // the next plane's.
    private int Write(ReadOnlySpan<byte> scratch, int n, int planes, ReadOnlySpan<byte> tail, Span<byte> destination)
    {
        Span<PlanePlan> plans = stackalloc PlanePlan[MaxPlanes];
        int at = 1 + planes * PlaneHeader;
        long size = at + tail.Length;
        for (int i = 0; i < planes; i++)
        {
            plans[i] = PlanePlan.Make(scratch.Slice(i * n, n), form);
            size += plans[i].MaxSize;
        }
        if (size + HuffmanEncoder.Slack >= destination.Length) return 0;
        destination[0] = PlanesLeaf;
        for (int i = 0; i < planes; i++)
        {
            int length = plans[i].Write(scratch.Slice(i * n, n), destination[at..]);
            if (length == 0) return 0;
            destination[1 + i * PlaneHeader] = (byte)plans[i].Form;
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(2 + i * PlaneHeader)..], (uint)length);
            at += length;
        }
        tail.CopyTo(destination[at..]);
        return at + tail.Length;
    }

    private unsafe CodecStatus Open(byte* encoded, int length, int planes, int n, byte* scratch, byte* inflated, PlaneCursor* cursors)
    {
        int at = 1 + planes * PlaneHeader;
        for (int i = 0; i < planes; i++)
        {
            byte* header = encoded + 1 + i * PlaneHeader;
            var planeForm = (PlaneForm)header[0];
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(header + 1, sizeof(uint)));
            if (size > (uint)(length - at)) return CodecStatus.WrongLength;
            if (planeForm != form && planeForm is not (PlaneForm.Raw or PlaneForm.Constant)) return CodecStatus.UnknownForm;
            byte* content = encoded + at;
            at += (int)size;
            if (planeForm == PlaneForm.Deflate)
            {
                if (!DeflatePlane.TryDecode(new ReadOnlySpan<byte>(content, (int)size), new Span<byte>(inflated + (nint)i * n, n))) return CodecStatus.BadSymbols;
                planeForm = PlaneForm.Raw;
                content = inflated + (nint)i * n;
                size = (uint)n;
            }
            CodecStatus status = PlaneCursor.Open(planeForm, content, (int)size, n, scratch + i * PlaneCursor.ScratchBytes, out cursors[i]);
            if (status != CodecStatus.Ok) return status;
        }
        return at == length ? CodecStatus.Ok : CodecStatus.WrongLength;
    }

    private unsafe CodecStatus Merge(PlaneCursor* cursors, int planes, ReadOnlySpan<byte> baseLeaf, Span<byte> elements)
    {
        byte** blocks = stackalloc byte*[MaxPlanes];
        int n = elements.Length / planes;
        for (int start = 0; start < n; start += HuffmanEncoder.BlockSymbols)
        {
            int length = Math.Min(HuffmanEncoder.BlockSymbols, n - start);
            for (int i = 0; i < planes; i++)
            {
                blocks[i] = cursors[i].Next(length);
                if (blocks[i] == null) return CodecStatus.BadSymbols;
            }
            Span<byte> block = elements.Slice(start * planes, length * planes);
            if (planes == 1) new ReadOnlySpan<byte>(blocks[0], length).CopyTo(block);
            else BytePlanes.Merge(blocks, planes, block);
            if (isDelta) BytePlanes.Xor(block, baseLeaf.Slice(start * planes, length * planes), block);
        }
        for (int i = 0; i < planes; i++)
            if (!cursors[i].IsAtEnd) return CodecStatus.WrongLength;
        return CodecStatus.Ok;
    }
}
