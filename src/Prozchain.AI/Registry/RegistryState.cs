using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>
/// The registry as a pure state machine: the same operations at the same slots give the same state and root. Versions are only
/// ever added; what changes of one is its lease, its price and whether it is retired. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// Who may do what: a namespace (what is in front of a name's first slash) belongs to who first published in it, or to whom that key
/// transferred it. Only its owner publishes, retires, leases and prices there. Anybody extends a lease, archives a version whose
/// lease has ended, and prunes one whose time in the archive has ended: who pays for the first, and who gains by the others, is
/// the ledger's matter. A version that another one needs, which is not pruned, is not pruned either.
/// </remarks>
/// <param name="rules">What all replicas agree on.</param>
public sealed class RegistryState(RegistryRules rules)
{
    /// <summary>Most versions, and most namespaces.</summary>
    public const int MaxRecords = 16 * 1024 * 1024;

    private sealed class Space(Bytes32 owner, int record)
    {
        public Bytes32 Owner { get; set; } = owner;

        public int Record => record;
    }

    private sealed class Entry(ModelVersion version, int record)
    {
        public ModelVersion Version { get; set; } = version;

        public int Record => record;

        /// <summary>How many versions that are not pruned need this one.</summary>
        public int Dependents { get; set; }
    }

    private readonly Dictionary<string, Space> _spaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Entry>> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<ModelReference, Entry> _byReference = [];
    private readonly Dictionary<Bytes32, Entry> _byId = [];
    private readonly RecordTree _tree = new();
    private ulong _slot;

    /// <summary>A state without records yet, of a snapshot.</summary>
    internal RegistryState(RegistryRules rules, ulong slot) : this(rules) => _slot = slot;

    /// <summary>The slot of the last operation that was applied.</summary>
    public ulong Slot => _slot;

    /// <summary>Versions in all.</summary>
    public int Count => _byId.Count;

    /// <summary>Commits to the whole state, 32 bytes: two replicas that have the same root are in the same state.</summary>
    public ReadOnlyMemory<byte> Root => RegistryHash.Root(rules, _slot, _tree.Count, _tree.Root).Span.ToArray();

    /// <summary>Applies an operation. Never throws on hostile bytes.</summary>
    /// <param name="operation">A whole encoding, authorised by its actor.</param>
    /// <param name="slot">When it became final.</param>
    /// <returns>Ok, or why the state is as it was.</returns>
    public RegistryStatus Apply(ReadOnlySpan<byte> operation, ulong slot)
    {
        RegistryStatus status = RegistryOperation.TryRead(operation, out RegistryOperation? read);
        return status == RegistryStatus.Ok ? Apply(read!, slot) : status;
    }

    /// <summary>Applies an operation.</summary>
    /// <param name="operation">The operation, authorised by its actor.</param>
    /// <param name="slot">When it became final.</param>
    /// <returns>Ok, or why the state is as it was.</returns>
    public RegistryStatus Apply(RegistryOperation operation, ulong slot)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (slot < _slot) return RegistryStatus.SlotBehind;
        RegistryStatus status = operation.Kind switch
        {
            RegistryOperationKind.Publish => Publish(operation, slot),
            RegistryOperationKind.Transfer => Transfer(operation),
            _ => TryFind(operation.Name, operation.Version, out Entry? entry) is var found && found != RegistryStatus.Ok ? found : Change(operation, entry!, slot),
        };
        if (status == RegistryStatus.Ok) _slot = slot;
        return status;
    }

    /// <summary>Finds a version by <c>name@version</c>, or the newest of a bare name that is neither retired nor pruned.</summary>
    /// <param name="reference">Untrusted text.</param>
    /// <param name="version">The version, or null.</param>
    public RegistryStatus Resolve(ReadOnlySpan<char> reference, out ModelVersion? version)
    {
        version = null;
        if (!ModelReference.TryParse(reference, out ModelReference parsed)) return RegistryStatus.InvalidName;
        if (parsed.Version is not null)
        {
            RegistryStatus status = TryFind(parsed.Name, parsed.Version, out Entry? entry);
            version = entry?.Version;
            return status;
        }
        if (!_models.TryGetValue(parsed.Name, out List<Entry>? entries)) return RegistryStatus.UnknownModel;
        version = entries.FindLast(e => !e.Version.IsRetired && e.Version.Lease.Tier != StorageTier.Pruned)?.Version;
        return version is null ? RegistryStatus.UnknownVersion : RegistryStatus.Ok;
    }

    /// <summary>Finds a version by its id; null when there is none.</summary>
    /// <param name="id">The id; anything that is not 32 bytes finds nothing.</param>
    public ModelVersion? Find(ReadOnlySpan<byte> id) =>
        id.Length == Bytes32.Size && _byId.TryGetValue(new Bytes32(id), out Entry? entry) ? entry.Version : null;

    /// <summary>The versions of a name in the order of their publication; empty when there are none.</summary>
    /// <param name="name">The name.</param>
    public IReadOnlyList<ModelVersion> Versions(string name) => _models.TryGetValue(name, out List<Entry>? entries) ? [.. entries.Select(e => e.Version)] : [];

    /// <summary>
    /// What a model needs beyond what its publisher said: the bases of its manifest that are no model of a parent, or a parent's parent,
    /// that is registered as needed, and so is not pruned before it. Empty when the lineage covers them all.
    /// </summary>
    /// <param name="version">A version of this registry.</param>
    /// <param name="bases">Model roots: <see cref="Vault.ModelManifest.Bases"/> of the version's manifest.</param>
    public IReadOnlyList<ReadOnlyMemory<byte>> UnregisteredBases(ModelVersion version, IReadOnlyList<ReadOnlyMemory<byte>> bases)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(bases);
        var needed = new HashSet<ModelVersion>();
        var next = new Stack<ModelVersion>([version]);
        while (next.TryPop(out ModelVersion? of))
            foreach (ModelParent parent in of.Publication.Parents)
                if (parent.IsNeeded && Find(parent.Id.Span) is { } found && needed.Add(found)) next.Push(found);
        return [.. bases.Where(b => !needed.Any(v => v.Publication.ModelRoot.Span.SequenceEqual(b.Span)))];
    }

    /// <summary>All versions whose lease, or time in the archive, has ended at that slot: what may be archived or pruned.</summary>
    /// <param name="slot">The slot.</param>
    public IEnumerable<ModelVersion> Expired(ulong slot) =>
        _byId.Values.Select(e => e.Version).Where(v => v.Lease.Tier != StorageTier.Pruned && v.Lease.IsExpired(slot));

    /// <summary>The key that owns a namespace, 32 bytes; empty when nobody does.</summary>
    /// <param name="name">The namespace, or a name in it.</param>
    public ReadOnlyMemory<byte> OwnerOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _spaces.TryGetValue(ModelReference.Namespace(name), out Space? space) ? space.Owner.Span.ToArray() : default;
    }

    /// <summary>All records in their order: what a snapshot holds.</summary>
    internal RegistryRecord[] Records()
    {
        var records = new RegistryRecord[_tree.Count];
        foreach ((string name, Space space) in _spaces) records[space.Record] = new RegistryRecord(name, space.Owner, null);
        foreach (Entry entry in _byId.Values) records[entry.Record] = new RegistryRecord("", new Bytes32(entry.Version.Publisher.Span), entry.Version);
        return records;
    }

    /// <summary>Adds a namespace of a snapshot.</summary>
    internal RegistryStatus Restore(string name, in Bytes32 owner)
    {
        if (_spaces.Count >= MaxRecords) return RegistryStatus.LimitExceeded;
        if (_spaces.ContainsKey(name)) return RegistryStatus.AlreadyPublished;
        Claim(name, owner);
        return RegistryStatus.Ok;
    }

    /// <summary>Adds a version of a snapshot.</summary>
    internal RegistryStatus Restore(in Bytes32 id, in Bytes32 publisher, ModelPublication publication, ulong publishedAt, bool isRetired)
    {
        if (_byId.Count >= MaxRecords) return RegistryStatus.LimitExceeded;
        if (!_spaces.ContainsKey(ModelReference.Namespace(publication.Name))) return RegistryStatus.UnknownModel;
        if (TryFind(publication.Name, publication.Version, out _) == RegistryStatus.Ok) return RegistryStatus.AlreadyPublished;
        foreach (ModelParent parent in publication.Parents)
            if (!_byId.ContainsKey(new Bytes32(parent.Id.Span))) return RegistryStatus.UnknownParent;
        Add(new ModelVersion(id, publisher, publication, VersionsOf(publication.Name) + 1, publishedAt, isRetired, publication.Lease, publication.Price));
        return RegistryStatus.Ok;
    }

    private RegistryStatus Publish(RegistryOperation operation, ulong slot)
    {
        ModelPublication publication = operation.Publication!;
        string name = ModelReference.Namespace(operation.Name);
        if (_spaces.TryGetValue(name, out Space? space) && !space.Owner.Equals(operation.ActorKey)) return RegistryStatus.NotOwner;
        if (TryFind(operation.Name, operation.Version, out _) == RegistryStatus.Ok) return RegistryStatus.AlreadyPublished;
        if (!IsEnd(operation.Lease.End, slot)) return RegistryStatus.InvalidLease;
        if (_byId.Count >= MaxRecords || _spaces.Count >= MaxRecords) return RegistryStatus.LimitExceeded;
        foreach (ModelParent parent in publication.Parents)
        {
            if (!_byId.TryGetValue(new Bytes32(parent.Id.Span), out Entry? of)) return RegistryStatus.UnknownParent;
            if (parent.IsNeeded && of.Version.Lease.Tier == StorageTier.Pruned) return RegistryStatus.Pruned;
        }
        if (space is null) Claim(name, operation.ActorKey);
        Add(new ModelVersion(operation.VersionId, operation.ActorKey, publication, VersionsOf(operation.Name) + 1, slot));
        return RegistryStatus.Ok;
    }

    private void Claim(string name, in Bytes32 owner)
    {
        _spaces.Add(name, new Space(owner, _tree.Count));
        _tree.Set(_tree.Count, RegistryHash.Namespace(name, owner));
    }

    private int VersionsOf(string name) => _models.TryGetValue(name, out List<Entry>? entries) ? entries.Count : 0;

    private void Add(ModelVersion version)
    {
        ModelPublication publication = version.Publication;
        if (!_models.TryGetValue(publication.Name, out List<Entry>? entries)) _models.Add(publication.Name, entries = []);
        var entry = new Entry(version, _tree.Count);
        entries.Add(entry);
        _byReference.Add(new ModelReference(publication.Name, publication.Version), entry);
        _byId.Add(version.Key, entry);
        if (version.Lease.Tier != StorageTier.Pruned) Need(publication, 1);
        _tree.Set(entry.Record, RegistryHash.State(version));
    }

    private RegistryStatus Transfer(RegistryOperation operation)
    {
        if (!_spaces.TryGetValue(operation.Name, out Space? space)) return RegistryStatus.UnknownModel;
        if (!space.Owner.Equals(operation.ActorKey)) return RegistryStatus.NotOwner;
        if (space.Owner.Equals(operation.NewOwner)) return RegistryStatus.NothingToDo;
        space.Owner = operation.NewOwner;
        _tree.Set(space.Record, RegistryHash.Namespace(operation.Name, space.Owner));
        return RegistryStatus.Ok;
    }

    private RegistryStatus Change(RegistryOperation operation, Entry entry, ulong slot)
    {
        ModelVersion version = entry.Version;
        ModelLease lease = version.Lease;
        bool owns = _spaces[ModelReference.Namespace(operation.Name)].Owner.Equals(operation.ActorKey), expired = lease.IsExpired(slot);
        (RegistryStatus status, ModelVersion changed) = operation.Kind switch
        {
            RegistryOperationKind.Retire or RegistryOperationKind.Lease or RegistryOperationKind.Price when !owns => (RegistryStatus.NotOwner, version),
            RegistryOperationKind.Retire => (version.IsRetired ? RegistryStatus.NothingToDo : RegistryStatus.Ok, version.With(isRetired: true)),
            RegistryOperationKind.Price => (version.Price == operation.Price ? RegistryStatus.NothingToDo : RegistryStatus.Ok, version.With(price: operation.Price)),
            _ when lease.Tier == StorageTier.Pruned => (RegistryStatus.Pruned, version),
            RegistryOperationKind.Lease when !IsEnd(operation.Lease.End, slot) => (RegistryStatus.InvalidLease, version),
            RegistryOperationKind.Lease => (lease == operation.Lease ? RegistryStatus.NothingToDo : RegistryStatus.Ok, version.With(lease: operation.Lease)),
            RegistryOperationKind.Extend when !IsEnd(operation.Lease.End, slot) => (RegistryStatus.InvalidLease, version),
            RegistryOperationKind.Extend => (operation.Lease.End <= lease.End ? RegistryStatus.NothingToDo : RegistryStatus.Ok, version.With(lease: lease with { End = operation.Lease.End })),
            RegistryOperationKind.Archive when lease.Tier == StorageTier.Archived => (RegistryStatus.NothingToDo, version),
            RegistryOperationKind.Archive when !owns && !expired => (RegistryStatus.NotExpired, version),
            RegistryOperationKind.Archive => (RegistryStatus.Ok, version.With(lease: lease with { Tier = StorageTier.Archived, End = ArchiveEnd(lease, slot) })),
            RegistryOperationKind.Prune when !owns && !(expired && lease.Tier == StorageTier.Archived) => (RegistryStatus.NotExpired, version),
            RegistryOperationKind.Prune when entry.Dependents > 0 => (RegistryStatus.Needed, version),
            _ => (RegistryStatus.Ok, version.With(lease: lease with { Tier = StorageTier.Pruned, End = slot })),
        };
        if (status != RegistryStatus.Ok) return status;
        if (operation.Kind == RegistryOperationKind.Prune) Need(version.Publication, -1);
        entry.Version = changed;
        _tree.Set(entry.Record, RegistryHash.State(changed));
        return RegistryStatus.Ok;
    }

    private void Need(ModelPublication publication, int change)
    {
        foreach (ModelParent parent in publication.Parents)
            if (parent.IsNeeded) _byId[new Bytes32(parent.Id.Span)].Dependents += change;
    }

    private RegistryStatus TryFind(string name, string version, out Entry? entry) =>
        _byReference.TryGetValue(new ModelReference(name, version), out entry) ? RegistryStatus.Ok
        : _models.ContainsKey(name) ? RegistryStatus.UnknownVersion : RegistryStatus.UnknownModel;

    private bool IsEnd(ulong end, ulong slot) => end > slot && end - slot <= rules.MaxLeaseSlots;

    private ulong ArchiveEnd(ModelLease lease, ulong slot)
    {
        ulong from = Math.Max(lease.End, slot);
        return from + Math.Min(rules.ArchiveSlots, ulong.MaxValue - from);
    }
}
