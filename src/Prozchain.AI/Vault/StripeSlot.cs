using Prozchain.AI.Codec;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// The memory of one stripe on its way in or out: room for k framed data pieces, and as much again that holds the stripe's
/// decoded bytes or its framed parity pieces, which are never needed at the same time. Pieces lie at one stride with their
/// prefixes before them, so that a store takes and gives frames where the code and the hash work on pieces.
/// </summary>
internal sealed class StripeSlot
{
    private readonly int _dataPieces, _prefix, _stride, _totalPieces;

    public StripeSlot(ModelVaultOptions options)
    {
        (_dataPieces, _totalPieces) = (options.DataPieces, options.DataPieces + options.ParityPieces);
        (_prefix, _stride) = (PrefixOf(_totalPieces), StrideOf(options));
        Data = GC.AllocateUninitializedArray<byte>(_stride * _dataPieces);
        Work = GC.AllocateUninitializedArray<byte>(WorkOf(options));
        Digests = new Bytes32[_totalPieces];
        Present = new bool[_totalPieces];
    }

    public byte[] Data { get; private set; }

    /// <summary>Decoded bytes of the stripe, leaf behind leaf; or the parity pieces.</summary>
    public byte[] Work { get; private set; }

    public Bytes32[] Digests { get; }

    public bool[] Present { get; }

    /// <summary>Bytes that a slot takes.</summary>
    public static long SizeOf(ModelVaultOptions options)
    {
        int total = options.DataPieces + options.ParityPieces;
        return (long)StrideOf(options) * options.DataPieces + WorkOf(options) + total * 33L;
    }

    /// <summary>Longest piece that there is room for.</summary>
    public int Capacity => _stride - _prefix;

    /// <summary>Room for a framed piece: all of it, and where its frame begins.</summary>
    public Memory<byte> Frame(int piece, int pieceLength)
    {
        int prefix = PieceFrame.PrefixSize(_totalPieces, piece);
        return Home(piece).AsMemory(At(piece) - prefix, prefix + pieceLength);
    }

    public Span<byte> Piece(int piece, int pieceLength) => Home(piece).AsSpan(At(piece), pieceLength);

    /// <summary>All parity from the data pieces, over what the work area held.</summary>
    public void Encode(StripeCode code, int pieceLength) => code.Encode(Data.AsSpan(_prefix), Work.AsSpan(_prefix), pieceLength, _stride);

    /// <summary>The missing data pieces from those present.</summary>
    public bool TryReconstruct(StripeCode code, int pieceLength) =>
        code.TryReconstruct(Data.AsSpan(_prefix), Work.AsSpan(_prefix), Present, pieceLength, _stride);

    /// <summary>Leaves the arrays to a store that holds on to them, and goes on with a copy.</summary>
    public void Abandon()
    {
        Data = [.. Data];
        Work = [.. Work];
    }

    private byte[] Home(int piece) => piece < _dataPieces ? Data : Work;

    private int At(int piece) => (piece < _dataPieces ? piece : piece - _dataPieces) * _stride + _prefix;

    private static int PrefixOf(int totalPieces) => PartLayout.RoundUp(PieceFrame.MaxPrefixSize(totalPieces));

    private static int StrideOf(ModelVaultOptions options)
    {
        int most = 0;
        for (int codec = 0; codec < TensorCodecs.DeltaFlag; codec++)
            if (TensorCodecs.Find((byte)codec) is { } found) most = Math.Max(most, found.MaxEncoded(options.LeafSize));
        return PrefixOf(options.DataPieces + options.ParityPieces) + PartLayout.RoundUp(most);
    }

    private static int WorkOf(ModelVaultOptions options) =>
        checked((int)Math.Max((long)options.LeafSize * options.DataPieces, (long)StrideOf(options) * options.ParityPieces));
}
