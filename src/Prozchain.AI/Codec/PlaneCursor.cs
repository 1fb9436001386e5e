using System.Diagnostics;

namespace Prozchain.AI.Codec;

/// <summary>Reads a plane block by block. Points into memory that its owner holds fixed.</summary>
internal unsafe struct PlaneCursor
{
    /// <summary>Bytes of memory of its own that a cursor needs, whatever the plane says of itself.</summary>
    public const int ScratchBytes = HuffmanEncoder.BlockSymbols + HuffmanDecoder.TableSize * sizeof(ulong);

    private PlaneForm _form;
    private byte* _at;
    private byte* _end;
    private byte* _block;
    private ulong* _table;
    private byte* _palette;

    /// <summary>Opens a plane.</summary>
    /// <param name="form">Not Deflate: such a plane is decoded before, and then opened as it is.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="length">Bytes that it has to decode to.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/>, aligned as words are.</param>
    public static CodecStatus Open(PlaneForm form, byte* content, int contentLength, int length, byte* scratch, out PlaneCursor cursor)
    {
        cursor = new PlaneCursor { _form = form, _at = content, _end = content + contentLength, _table = (ulong*)scratch, _block = scratch + HuffmanDecoder.TableSize * sizeof(ulong) };
        switch (form)
        {
            case PlaneForm.Raw:
                return contentLength == length ? CodecStatus.Ok : CodecStatus.WrongLength;
            case PlaneForm.Constant:
                if (contentLength != 1) return CodecStatus.WrongLength;
                new Span<byte>(cursor._block, Math.Min(length, HuffmanEncoder.BlockSymbols)).Fill(*cursor._at++);
                return CodecStatus.Ok;
            case PlaneForm.Palette:
                if (contentLength < PaletteCode.Values) return CodecStatus.WrongLength;
                cursor._palette = content;
                cursor._at += PaletteCode.Values;
                return CodecStatus.Ok;
            case PlaneForm.Huffman:
                Span<byte> lengths = stackalloc byte[ByteHistogram.Size];
                int read = HuffmanTable.Read(new ReadOnlySpan<byte>(content, contentLength), lengths);
                if (read == 0) return CodecStatus.BadCodeTable;
                HuffmanDecoder.MakeTable(lengths, new Span<ulong>(cursor._table, HuffmanDecoder.TableSize));
                cursor._at += read;
                return CodecStatus.Ok;
            default:
                return CodecStatus.UnknownForm;
        }
    }

    /// <summary>True once all bytes of the plane's content were read.</summary>
    public readonly bool IsAtEnd => _at == _end;

    /// <summary>What of the content was not read.</summary>
    public readonly ReadOnlySpan<byte> Rest => new(_at, (int)(_end - _at));

    /// <summary>The next bytes of the plane; null if the content does not hold them.</summary>
    /// <param name="length">Those of a block, or what is left of the plane.</param>
    public byte* Next(int length)
    {
        Debug.Assert(length is > 0 and <= HuffmanEncoder.BlockSymbols);
        byte* at = _at;
        if (_form == PlaneForm.Raw)
        {
            _at += length;
            return at;
        }
        if (_form != PlaneForm.Constant)
        {
            ReadOnlySpan<byte> content = new(_at, (int)(_end - _at));
            Span<byte> block = new(_block, length);
            int read = _form == PlaneForm.Palette
                ? PaletteCode.Decode(content, new ReadOnlySpan<byte>(_palette, PaletteCode.Values), block)
                : HuffmanDecoder.Decode(content, new ReadOnlySpan<ulong>(_table, HuffmanDecoder.TableSize), block);
            if (read == 0) return null;
            _at += read;
        }
        return _block;
    }
}
