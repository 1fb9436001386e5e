using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>One stripe at one placement.</summary>
internal sealed class CatalogueEntry(Bytes32 identity)
{
    private int[]? _shards;
    private ShardTable? _table;
    private int _keptPieces;

    public Bytes32 Identity => identity;

    public int References { get; set; }

    /// <summary>Pieces that their stores did not take, by index.</summary>
    public UnwrittenPiece[] Unwritten { get; set; } = [];

    /// <summary>Null while it is first being stored.</summary>
    public StoredStripe? Stripe { get; private set; }

    /// <summary>Set while its pieces are being deleted.</summary>
    public TaskCompletionSource? Gone { get; set; }

    public void SetStripe(StoredStripe stripe, ShardTable table, int keptPieces) => (Stripe, _table, _keptPieces) = (stripe, table, keptPieces);

    /// <summary>Where its pieces are; those that are kept.</summary>
    public ReadOnlySpan<int> Shards()
    {
        if (Stripe is null) return [];
        if (_shards is null)
        {
            var shards = new int[_keptPieces];
            _table!.Place(Stripe.PieceRoot.Span, shards);
            _shards = shards;
        }
        return _shards;
    }

    public bool Places(int shard, int piece) => Shards() is var shards && piece < shards.Length && shards[piece] == shard;
}
