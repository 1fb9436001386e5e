using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Which stripes the live models of some stores consist of, and how many models each: what makes equal stripes be stored once,
/// and pruning one model spare the others. Kept in memory; made anew from the manifests of the live models.
/// </summary>
/// <remarks>Safe for concurrent use. Vaults over the same stores share one.</remarks>
public sealed class StripeCatalogue
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Bytes32, ModelManifest> _models = [];
    private readonly Dictionary<Bytes32, CatalogueEntry> _entries = [];
    private readonly Dictionary<Bytes32, List<CatalogueEntry>> _byRoot = [];

    /// <summary>Live models.</summary>
    public int ModelCount
    {
        get
        {
            lock (_lock) return _models.Count;
        }
    }

    /// <summary>Different stripes that they consist of.</summary>
    public int StripeCount
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>Makes a stored model known. Does nothing when it is.</summary>
    /// <param name="manifest">Its manifest.</param>
    /// <exception cref="InvalidOperationException">A stripe of it is being deleted: by a prune of the model itself, or of one that had the stripe.</exception>
    public void Add(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        lock (_lock)
        {
            if (_models.ContainsKey(manifest.Key)) return;
            foreach ((Bytes32 identity, StoredStripe stripe) in Stripes(manifest))
            {
                if (_entries.GetValueOrDefault(identity)?.Gone is not null || FindGone(stripe.PieceRoot) is not null)
                    throw new InvalidOperationException($"Expected a model whose stripes stay, got '{manifest.Name}' while a stripe of it is being deleted.");
            }
            _models.Add(manifest.Key, manifest);
            foreach ((Bytes32 identity, StoredStripe stripe) in Stripes(manifest))
            {
                CatalogueEntry entry = Take(identity);
                Fill(entry, stripe, manifest.Table, manifest.Geometry.KeptPieces);
                entry.SetStored();
                entry.OwnAll();
            }
        }
    }

    /// <summary>Whether a model is known.</summary>
    /// <param name="manifest">Its manifest.</param>
    public bool Contains(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        lock (_lock) return _models.ContainsKey(manifest.Key);
    }

    /// <summary>
    /// Pieces of a model that a store or a move left unwritten because their stores failed, and no repair or inspection has found or put back
    /// since. Kept in memory: after a restart <see cref="ModelVault.InspectAsync"/> looks at the stores.
    /// </summary>
    /// <param name="manifest">The manifest of a live model.</param>
    /// <returns>In the order of the stripes and of their pieces.</returns>
    /// <exception cref="ArgumentException">The model is not known.</exception>
    public IReadOnlyList<PieceFault> UnwrittenOf(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        lock (_lock)
        {
            if (!_models.ContainsKey(manifest.Key))
                throw new ArgumentException($"Expected a model that the catalogue has, got '{manifest.Name}' that it does not.", nameof(manifest));
            var unwritten = new List<PieceFault>();
            for (int stripe = 0; stripe < manifest.Geometry.Stripes.Length; stripe++)
                foreach ((int piece, PieceFaultKind kind) in _entries[manifest.IdentityOf(manifest.Geometry.Stripe(stripe))].Unwritten)
                    unwritten.Add(new PieceFault(stripe, piece, manifest.Places(stripe)[piece], kind));
            return unwritten;
        }
    }

    /// <summary>Pieces of a stored stripe that its stores did not take.</summary>
    internal UnwrittenPiece[] MissingOf(in Bytes32 identity)
    {
        lock (_lock) return _entries[identity].Unwritten;
    }

    /// <summary>All pieces of a stripe were looked at or put back, but those.</summary>
    internal void NoteMissing(ModelManifest manifest, int stripe, List<PieceFault> missing)
    {
        Bytes32 identity = manifest.IdentityOf(manifest.Geometry.Stripe(stripe));
        lock (_lock)
        {
            if (_entries.TryGetValue(identity, out CatalogueEntry? entry) && entry.Unwritten.Length > 0)
                entry.Unwritten = [.. entry.Unwritten.Where(u => missing.Exists(m => m.Piece == u.Piece))];
        }
    }

    /// <summary>Takes a reference on a stripe that is about to be stored. The stripe as it is stored already, or null.</summary>
    internal async ValueTask<StoredStripe?> BeginAsync(Bytes32 identity, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task gone;
            lock (_lock)
            {
                if (!_entries.TryGetValue(identity, out CatalogueEntry? found) || found.Gone is null) return Take(identity).Stripe;
                gone = found.Gone.Task;
            }
            await gone.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a reference on a stripe that is stored already, and gives it; null, without a reference, when it is not.</summary>
    internal StoredStripe? TryBegin(in Bytes32 identity)
    {
        lock (_lock)
            return _entries.TryGetValue(identity, out CatalogueEntry? found) && found is { Gone: null, Stripe: not null } ? Take(identity).Stripe : null;
    }

    /// <summary>Takes a reference on each stripe of a model, to be given back by <see cref="StripeRemoval.ReleaseAsync"/>; null when it is not known.</summary>
    internal List<Bytes32>? TryHold(ModelManifest manifest)
    {
        lock (_lock) return _models.ContainsKey(manifest.Key) ? Hold(manifest) : null;
    }

    /// <summary>Finds a model by its root and takes a reference on each of its stripes. Null when none with that root fits; then says whether there is one.</summary>
    internal ModelManifest? TryHold(in Bytes32 modelRoot, Func<ModelManifest, bool> fits, out bool known)
    {
        Bytes32 root = modelRoot;
        lock (_lock)
        {
            List<ModelManifest> found = [.. _models.Values.Where(m => m.Model.Equals(root))];
            known = found.Count > 0;
            if (found.Find(m => fits(m)) is not { } model) return null;
            Hold(model);
            return model;
        }
    }

    /// <summary>
    /// The pieces of a stripe of a reference that was taken are about to be put: nobody deletes them from now on. Waits for who is
    /// deleting pieces of those names, of this stripe or of one stored otherwise.
    /// </summary>
    internal async ValueTask AnnounceAsync(Bytes32 identity, StoredStripe stripe, ShardTable table, int keptPieces, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task gone;
            lock (_lock)
            {
                if (FindGone(stripe.PieceRoot) is not { } leaving)
                {
                    Fill(_entries[identity], stripe, table, keptPieces);
                    return;
                }
                gone = leaving.Gone!.Task;
            }
            await gone.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Those pieces of an announced stripe were not there before.</summary>
    internal void Own(in Bytes32 identity, ReadOnlySpan<bool> fresh)
    {
        lock (_lock)
        {
            CatalogueEntry entry = _entries[identity];
            for (int piece = 0; piece < fresh.Length; piece++)
                if (fresh[piece]) entry.Own(piece);
        }
    }

    /// <summary>An announced stripe is stored now, but for some pieces.</summary>
    internal void Complete(in Bytes32 identity, UnwrittenPiece[] unwritten)
    {
        lock (_lock)
        {
            CatalogueEntry entry = _entries[identity];
            // Two at the same time put the same pieces: what either has put is there.
            entry.Unwritten = entry.Stripe is null ? unwritten : [.. entry.Unwritten.Where(e => unwritten.Any(u => u.Piece == e.Piece))];
            entry.SetStored();
        }
    }

    /// <summary>The references taken for a model are the model's now.</summary>
    internal void Adopt(ModelManifest manifest, IEnumerable<Bytes32> taken)
    {
        lock (_lock)
        {
            bool isNew = _models.TryAdd(manifest.Key, manifest);
            foreach (Bytes32 identity in taken)
            {
                _entries[identity].OwnAll();
                // It was stored before, and has its references.
                if (!isNew) _entries[identity].References--;
            }
        }
    }

    /// <summary>Removes a model. The stripes that no other has, to be deleted and then <see cref="Forget"/>; null when it is not known.</summary>
    internal List<CatalogueEntry>? Remove(ModelManifest manifest)
    {
        lock (_lock)
        {
            if (!_models.Remove(manifest.Key)) return null;
            return Release(Stripes(manifest).Select(s => s.Identity));
        }
    }

    /// <summary>Gives references back. The stripes that no one has, to be deleted and then <see cref="Forget"/>.</summary>
    internal List<CatalogueEntry> Release(IEnumerable<Bytes32> identities)
    {
        var unused = new List<CatalogueEntry>();
        lock (_lock)
        {
            foreach (Bytes32 identity in identities)
            {
                CatalogueEntry entry = _entries[identity];
                if (--entry.References > 0) continue;
                entry.Gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                unused.Add(entry);
            }
        }
        return unused;
    }

    /// <summary>Whether a stripe in use has that piece at that shard, with which it goes from now on.</summary>
    internal bool Keeps(in Bytes32 pieceRoot, int shard, int piece)
    {
        lock (_lock)
        {
            CatalogueEntry? user = _byRoot.GetValueOrDefault(pieceRoot)?.Find(e => e.Gone is null && e.Places(shard, piece));
            user?.Own(piece);
            return user is not null;
        }
    }

    /// <summary>The pieces of unused stripes are gone; who waits to store them anew may.</summary>
    internal void Forget(IEnumerable<CatalogueEntry> unused)
    {
        foreach (CatalogueEntry entry in unused)
        {
            lock (_lock)
            {
                _entries.Remove(entry.Identity);
                if (entry.PieceRoot is { } root && _byRoot.TryGetValue(root, out List<CatalogueEntry>? entries))
                {
                    entries.Remove(entry);
                    if (entries.Count == 0) _byRoot.Remove(root);
                }
            }
            entry.Gone!.SetResult();
        }
    }

    /// <summary>What a model consists of: its own stripes, and those of bases that it needs.</summary>
    internal static IEnumerable<(Bytes32 Identity, StoredStripe Stripe)> Stripes(ModelManifest manifest) =>
        manifest.Geometry.Stripes.ToArray().Select(s => (Identity: manifest.IdentityOf(s), Stripe: s)).DistinctBy(s => s.Identity);

    private List<Bytes32> Hold(ModelManifest manifest)
    {
        List<Bytes32> held = [.. Stripes(manifest).Select(s => s.Identity)];
        foreach (Bytes32 identity in held) Take(identity);
        return held;
    }

    private CatalogueEntry Take(in Bytes32 identity)
    {
        if (!_entries.TryGetValue(identity, out CatalogueEntry? entry)) _entries[identity] = entry = new CatalogueEntry(identity);
        entry.References++;
        return entry;
    }

    // A stripe by whose pieces' names something is being deleted.
    private CatalogueEntry? FindGone(in Bytes32 pieceRoot) => _byRoot.GetValueOrDefault(pieceRoot)?.Find(static e => e.Gone is not null);

    private void Fill(CatalogueEntry entry, StoredStripe stripe, ShardTable table, int keptPieces)
    {
        if (entry.PieceRoot is not null) return;
        entry.Announce(stripe, table, keptPieces);
        if (!_byRoot.TryGetValue(stripe.PieceRoot, out List<CatalogueEntry>? entries)) _byRoot[stripe.PieceRoot] = entries = [];
        entries.Add(entry);
    }
}
