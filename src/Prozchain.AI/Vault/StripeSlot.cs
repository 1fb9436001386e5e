using System.Diagnostics;
using Prozchain.AI.Codec;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// The memory of one stripe on its way in or out: its framed data pieces and its decoded bytes, which overlap, and its framed parity
/// pieces. Pieces lie at one stride with their prefixes before them, so that a store takes and gives frames where the code and the
/// hash work on pieces.
/// </summary>
/// <remarks>
/// The decoded bytes begin so far behind the data pieces that piece i ends before leaf i begins: who codes leaf after leaf overwrites
/// only what is coded already, and who decodes piece after piece from the last overwrites only what is decoded.
/// </remarks>
internal sealed class StripeSlot
{
    private static readonly ITensorCodec[] s_codecs = [.. Enumerable.Range(0, TensorCodecs.DeltaFlag).Select(id => TensorCodecs.Find((byte)id)).OfType<ITensorCodec>()];

    private readonly int _dataPieces, _prefix, _totalPieces, _workAt, _workLength;
    private byte[] _data, _parity;
    private int _stride;

    public StripeSlot(ModelVaultOptions options)
    {
        (_dataPieces, _totalPieces) = (options.DataPieces, options.DataPieces + options.ParityPieces);
        (_prefix, _workLength) = (PrefixOf(_totalPieces), options.DataPieces * options.LeafSize);
        Shape(options.LeafSize);
        _workAt = _dataPieces * _stride - (_dataPieces - 1) * options.LeafSize;
        _data = GC.AllocateUninitializedArray<byte>(_workAt + _workLength);
        _parity = GC.AllocateUninitializedArray<byte>(_stride * options.ParityPieces);
        Digests = new Bytes32[_totalPieces];
        Present = new bool[_totalPieces];
        Shards = new int[_totalPieces];
        Calls = new PieceCalls(options);
    }

    /// <summary>Decoded bytes of the stripe, leaf behind leaf.</summary>
    public ArraySegment<byte> Work => new(_data, _workAt, _workLength);

    /// <summary>Room for a decoded leaf, or to code one in, that leaves the data pieces alone; takes the place of parity.</summary>
    public ArraySegment<byte> Spare => new(_parity, 0, _parity.Length);

    public Bytes32[] Digests { get; }

    public bool[] Present { get; }

    /// <summary>Room for where the pieces of a stripe go.</summary>
    public int[] Shards { get; }

    /// <summary>The calls to stores for this slot's pieces.</summary>
    public PieceCalls Calls { get; }

    /// <summary>Bytes that a slot takes.</summary>
    public static long SizeOf(ModelVaultOptions options)
    {
        int total = options.DataPieces + options.ParityPieces;
        return (long)StrideOf(total, options.LeafSize) * total + options.LeafSize + total * 37L;
    }

    /// <summary>Longest piece that there is room for.</summary>
    public int Capacity => _stride - _prefix;

    /// <summary>Lays the pieces out for leaves of that length, at most the leaf size. What they held is gone; the decoded bytes stay.</summary>
    public void Shape(int leafLength)
    {
        _stride = StrideOf(_totalPieces, leafLength);
        Debug.Assert(_workAt == 0 || _dataPieces * _stride <= _workAt + (_dataPieces - 1) * leafLength, "A piece reaches into its leaf.");
    }

    /// <summary>Room for a framed piece: all of it, and where its frame begins.</summary>
    public Memory<byte> Frame(int piece, int pieceLength)
    {
        int prefix = PieceFrame.PrefixSize(_totalPieces, piece);
        return Home(piece).AsMemory(At(piece) - prefix, prefix + pieceLength);
    }

    public Span<byte> Piece(int piece, int pieceLength) => Home(piece).AsSpan(At(piece), pieceLength);

    /// <summary>All parity from the data pieces.</summary>
    public void Encode(StripeCode code, int pieceLength) => code.Encode(_data.AsSpan(_prefix), _parity.AsSpan(_prefix), pieceLength, _stride);

    /// <summary>The missing data pieces from those present.</summary>
    public bool TryReconstruct(StripeCode code, int pieceLength) =>
        code.TryReconstruct(_data.AsSpan(_prefix), _parity.AsSpan(_prefix), Present, pieceLength, _stride);

    /// <summary>Leaves the arrays to a store that holds on to them, and goes on with a copy.</summary>
    public void Abandon()
    {
        _data = [.. _data];
        _parity = [.. _parity];
    }

    private byte[] Home(int piece) => piece < _dataPieces ? _data : _parity;

    private int At(int piece) => (piece < _dataPieces ? piece : piece - _dataPieces) * _stride + _prefix;

    private static int PrefixOf(int totalPieces) => PartLayout.RoundUp(PieceFrame.MaxPrefixSize(totalPieces));

    private static int StrideOf(int totalPieces, int leafLength)
    {
        int most = 0;
        foreach (ITensorCodec codec in s_codecs) most = Math.Max(most, codec.MaxEncoded(leafLength));
        return PrefixOf(totalPieces) + PartLayout.RoundUp(most);
    }
}
