using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>One stripe at one placement.</summary>
internal sealed class CatalogueEntry(Bytes32 identity)
{
    private StoredStripe? _stripe;
    private ShardTable? _table;
    private int[]? _shards;
    private bool[]? _owned;
    private int _keptPieces;
    private bool _isStored, _ownsAll;

    public Bytes32 Identity => identity;

    public int References { get; set; }

    /// <summary>Pieces that their stores did not take, by index.</summary>
    public UnwrittenPiece[] Unwritten { get; set; } = [];

    /// <summary>Null while it is first being stored.</summary>
    public StoredStripe? Stripe => _isStored ? _stripe : null;

    /// <summary>What names its pieces; null while that is not known.</summary>
    public Bytes32? PieceRoot => _stripe?.PieceRoot;

    /// <summary>Set while its pieces are being deleted.</summary>
    public TaskCompletionSource? Gone { get; set; }

    /// <summary>Says where its pieces are, or are about to be put.</summary>
    public void Announce(StoredStripe stripe, ShardTable table, int keptPieces) => (_stripe, _table, _keptPieces) = (stripe, table, keptPieces);

    /// <summary>Its pieces are there.</summary>
    public void SetStored() => _isStored = true;

    /// <summary>A live model has it: all its pieces go when nobody has it any more.</summary>
    public void OwnAll() => _ownsAll = true;

    /// <summary>A piece goes with it, though no live model has it: who puts it found nothing there, or whose it was left it.</summary>
    public void Own(int piece) => (_owned ??= new bool[_keptPieces])[piece] = true;

    /// <summary>The pieces that go with it, and where they are.</summary>
    public IEnumerable<(Bytes32 Root, int Piece, int Shard)> OwnPieces()
    {
        if (_stripe is null) yield break;
        for (int piece = 0; piece < _keptPieces; piece++)
            if (_ownsAll || _owned?[piece] == true) yield return (_stripe.PieceRoot, piece, Shards()[piece]);
    }

    public bool Places(int shard, int piece) => piece < _keptPieces && Shards()[piece] == shard;

    private int[] Shards()
    {
        if (_shards is not null) return _shards;
        var shards = new int[_keptPieces];
        _table!.Place(_stripe!.PieceRoot.Span, shards);
        return _shards = shards;
    }
}
