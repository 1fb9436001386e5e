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
            foreach ((Bytes32 identity, StoredStripe _) in Stripes(manifest))
            {
                if (_entries.TryGetValue(identity, out CatalogueEntry? found) && found.Gone is not null)
                    throw new InvalidOperationException($"Expected a model whose stripes stay, got '{manifest.Name}' while a stripe of it is being deleted.");
            }
            _models.Add(manifest.Key, manifest);
            foreach ((Bytes32 identity, StoredStripe stripe) in Stripes(manifest))
            {
                CatalogueEntry entry = Take(identity);
                if (entry.Stripe is null) Fill(entry, stripe, manifest.Table, manifest.Geometry.KeptPieces);
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
                foreach ((int piece, PieceFaultKind kind) in _entries[Identity(manifest, stripe)].Unwritten)
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
        Bytes32 identity = Identity(manifest, stripe);
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

    /// <summary>Finds a model by its root and takes a reference on each of its stripes. Null when none with that root fits; then says whether there is one.</summary>
    internal ModelManifest? TryHold(in Bytes32 modelRoot, Func<ModelManifest, bool> fits, out bool known)
    {
        Bytes32 root = modelRoot;
        lock (_lock)
        {
            List<ModelManifest> found = [.. _models.Values.Where(m => m.Model.Equals(root))];
            known = found.Count > 0;
            if (found.Find(m => fits(m)) is not { } model) return null;
            foreach ((Bytes32 identity, _) in Stripes(model)) Take(identity);
            return model;
        }
    }

    /// <summary>The stripe of a reference that was taken is stored now, but for some pieces.</summary>
    internal void Complete(in Bytes32 identity, StoredStripe stripe, ShardTable table, int keptPieces, UnwrittenPiece[] unwritten)
    {
        lock (_lock)
        {
            CatalogueEntry entry = _entries[identity];
            // Two at the same time put the same pieces: what either has put is there.
            entry.Unwritten = entry.Stripe is null ? unwritten : [.. entry.Unwritten.Where(e => unwritten.Any(u => u.Piece == e.Piece))];
            if (entry.Stripe is null) Fill(entry, stripe, table, keptPieces);
        }
    }

    /// <summary>The references taken for a model are the model's now.</summary>
    internal void Adopt(ModelManifest manifest, IEnumerable<Bytes32> taken)
    {
        lock (_lock)
        {
            if (_models.TryAdd(manifest.Key, manifest)) return;
            // It was stored before, and has its references.
            foreach (Bytes32 identity in taken) _entries[identity].References--;
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

    /// <summary>Whether a stripe in use has that piece at that shard.</summary>
    internal bool Uses(in Bytes32 pieceRoot, int shard, int piece)
    {
        lock (_lock)
            return _byRoot.TryGetValue(pieceRoot, out List<CatalogueEntry>? entries) && entries.Exists(e => e.Gone is null && e.Places(shard, piece));
    }

    /// <summary>The pieces of unused stripes are gone; who waits to store them anew may.</summary>
    internal void Forget(IEnumerable<CatalogueEntry> unused)
    {
        foreach (CatalogueEntry entry in unused)
        {
            lock (_lock)
            {
                _entries.Remove(entry.Identity);
                if (entry.Stripe is { } stripe && _byRoot.TryGetValue(stripe.PieceRoot, out List<CatalogueEntry>? entries))
                {
                    entries.Remove(entry);
                    if (entries.Count == 0) _byRoot.Remove(stripe.PieceRoot);
                }
            }
            entry.Gone!.SetResult();
        }
    }

    private static Bytes32 Identity(ModelManifest manifest, int stripe)
    {
        ManifestContent c = manifest.Content;
        return VaultHash.Identity(manifest.Geometry.Stripe(stripe), c.DataPieces, c.ParityPieces, c.KeptPieces, c.Table.Id);
    }

    /// <summary>What a model consists of: its own stripes, and those of bases that it needs.</summary>
    internal static IEnumerable<(Bytes32 Identity, StoredStripe Stripe)> Stripes(ModelManifest manifest)
    {
        ManifestContent c = manifest.Content;
        return manifest.Geometry.Stripes.ToArray()
            .Select(s => (Identity: VaultHash.Identity(s, c.DataPieces, c.ParityPieces, c.KeptPieces, c.Table.Id), Stripe: s))
            .DistinctBy(s => s.Identity);
    }

    private CatalogueEntry Take(in Bytes32 identity)
    {
        if (!_entries.TryGetValue(identity, out CatalogueEntry? entry)) _entries[identity] = entry = new CatalogueEntry(identity);
        entry.References++;
        return entry;
    }

    private void Fill(CatalogueEntry entry, StoredStripe stripe, ShardTable table, int keptPieces)
    {
        entry.SetStripe(stripe, table, keptPieces);
        if (!_byRoot.TryGetValue(stripe.PieceRoot, out List<CatalogueEntry>? entries)) _byRoot[stripe.PieceRoot] = entries = [];
        entries.Add(entry);
    }
}
