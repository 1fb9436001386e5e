namespace Prozchain.AI.Codec;

/// <summary>How a plane of a leaf is written. The numbers are part of the format; 1 to 3 are those of the codecs that use them.</summary>
internal enum PlaneForm : byte
{
    /// <summary>As it is.</summary>
    Raw = 0,
    /// <summary>Four bits a byte: which of fifteen values, or an escape.</summary>
    Palette = 1,
    /// <summary>A Deflate stream.</summary>
    Deflate = 2,
    /// <summary>Interleaved Huffman codes.</summary>
    Huffman = 3,
    /// <summary>One byte that stands for all.</summary>
    Constant = 4,
}
