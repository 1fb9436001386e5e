using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Layout;

/// <summary>
/// Which shard holds which key: for each class a binary prefix trie over 256-bit keys whose leaves are the live shards,
/// so that every key of a class belongs to exactly one; and the lineage of all shards that were. Immutable and
/// thread-safe: <see cref="Split"/>, <see cref="Merge"/> and <see cref="AddClass"/> give a new layout with the next version.
/// </summary>
public sealed class ShardLayout
{
    /// <summary>The most live shards a layout holds, over all classes.</summary>
    public const int MaxShards = 1024;

    /// <summary>The most shards, live and past, that a layout remembers; see <see cref="Forget"/>.</summary>
    public const int MaxLineage = 1 << 16;

    private readonly ShardInfo[] _shards;
    private readonly ImmutableSortedDictionary<ShardId, ShardInfo> _lineage;
    private readonly LayoutClassRules[] _classes;
    private readonly Dictionary<ShardId, int> _indexes = [];

    // A reference, so that a reader on another thread sees all of it or nothing.
    private object? _hash;

    // By class byte; null where the layout lacks the class.
    private readonly PrefixTable?[] _tables;

    internal ShardLayout(ulong version, ulong nextId, LayoutClassRules[] classes, ImmutableSortedDictionary<ShardId, ShardInfo> lineage)
        : this(version, nextId, classes, lineage, [.. lineage.Values.Where(shard => shard.IsLive).OrderBy(shard => shard.Class).ThenBy(shard => shard.Prefix)])
    {
    }

    private ShardLayout(ulong version, ulong nextId, LayoutClassRules[] classes, ImmutableSortedDictionary<ShardId, ShardInfo> lineage, ShardInfo[] shards)
    {
        Version = version;
        NextId = nextId;
        _classes = classes;
        _lineage = lineage;
        _shards = shards;
        _tables = new PrefixTable?[classes[^1].Class.Value + 1];
        for (int i = 0, from = 0; i < shards.Length; i++)
        {
            _indexes.Add(shards[i].Id, i);
            if (i + 1 < shards.Length && shards[i + 1].Class == shards[i].Class) continue;
            _tables[shards[i].Class.Value] = new PrefixTable(shards.AsSpan(from, i + 1 - from), from);
            from = i + 1;
        }
    }

    /// <summary>Number of splits, merges and new classes that led here from the first layout.</summary>
    public ulong Version { get; }

    /// <summary>The value of the next new shard's id; none from here on was ever used.</summary>
    public ulong NextId { get; }

    /// <summary>The live shards, by class and then in the order of their prefixes.</summary>
    public IReadOnlyList<ShardInfo> Shards => _shards;

    /// <summary>All shards that the layout remembers, live and past, in the order of their ids.</summary>
    public IEnumerable<ShardInfo> Lineage => _lineage.Values;

    /// <summary>The classes in ascending order; the first is <see cref="LayoutClass.General"/>.</summary>
    public IReadOnlyList<LayoutClassRules> Classes => _classes;

    /// <summary>
    /// Makes the first layout of one class, general, by splitting, again and again, the leftmost of the shallowest shards.
    /// The same count always gives the same layout; unless it is a power of two, some shards are twice as wide as others.
    /// </summary>
    /// <param name="count">Number of shards, 1 to <see cref="MaxShards"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another count.</exception>
    public static ShardLayout Create(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxShards);
        return Create([(new LayoutClassRules(LayoutClass.General, 0), count)]);
    }

    /// <summary>Makes the first layout of several classes, each as <see cref="Create(int)"/> does for one; ids go on from class to class.</summary>
    /// <param name="classes">Each class once, with its number of shards; general among them; at most <see cref="MaxShards"/> shards in all.</param>
    /// <exception cref="ArgumentException">Something else.</exception>
    public static ShardLayout Create(IReadOnlyList<(LayoutClassRules Rules, int Shards)> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        (LayoutClassRules Rules, int Shards)[] sorted = [.. classes.OrderBy(entry => entry.Rules.Class)];
        if (sorted.Length == 0 || sorted[0].Rules.Class != LayoutClass.General) throw new ArgumentException("Expected the general class among the classes, got none.", nameof(classes));
        var lineage = ImmutableSortedDictionary.CreateBuilder<ShardId, ShardInfo>();
        long total = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            (LayoutClassRules rules, int count) = sorted[i];
            if (!rules.IsValid) throw new ArgumentException($"Expected floors of 1 to {WireLimits.MaxMembers} seats, got {rules.OrderingFloor} and {rules.AttestationFloor}.", nameof(classes));
            if (i > 0 && sorted[i - 1].Rules.Class == rules.Class) throw new ArgumentException($"Expected each class once, got {rules.Class} twice.", nameof(classes));
            if (count < 1 || (total += count) > MaxShards) throw new ArgumentException($"Expected at least 1 shard of a class and at most {MaxShards} in all, got {count} of class {rules.Class}.", nameof(classes));
            FirstShards.Grow(lineage, rules.Class, count);
        }
        return new ShardLayout(0, (ulong)lineage.Count + 1, [.. sorted.Select(entry => entry.Rules)], lineage.ToImmutable());
    }

    /// <summary>The general shard of an address. Pure; allocates nothing.</summary>
    /// <param name="address">Any address.</param>
    public ShardId ShardOf(in Address address) => ShardOf(address.Digest);

    /// <summary>The general shard of a 256-bit key. Pure; allocates nothing.</summary>
    /// <param name="key">Any key.</param>
    public ShardId ShardOf(in Digest key) => _shards[IndexOf(key)].Id;

    /// <summary>The shard of a 256-bit key of a class. Pure; allocates nothing.</summary>
    /// <param name="layoutClass">A class of the layout.</param>
    /// <param name="key">Any key.</param>
    /// <exception cref="ArgumentException">The layout lacks the class.</exception>
    public ShardId ShardOf(LayoutClass layoutClass, in Digest key) => TableOf(layoutClass) is { } table
        ? _shards[table.IndexOf(key)].Id
        : throw new ArgumentException($"Expected a class of the layout, got {layoutClass}.", nameof(layoutClass));

    /// <summary>The shard of a key of a class that the layout may lack.</summary>
    internal bool TryShardOf(LayoutClass layoutClass, in Digest key, out ShardId shard)
    {
        PrefixTable? table = TableOf(layoutClass);
        shard = table is null ? default : _shards[table.IndexOf(key)].Id;
        return table is not null;
    }

    /// <summary>What a shard is, or was: shards that were split or merged stay known until they are forgotten.</summary>
    /// <param name="id">The shard's name.</param>
    /// <param name="info">The shard, when the result is true.</param>
    public bool TryGetInfo(ShardId id, [NotNullWhen(true)] out ShardInfo? info) => _lineage.TryGetValue(id, out info);

    /// <summary>The rules of a class.</summary>
    /// <param name="layoutClass">Any class.</param>
    /// <param name="rules">The rules, when the layout has the class.</param>
    public bool TryGetRules(LayoutClass layoutClass, out LayoutClassRules rules)
    {
        int at = Array.FindIndex(_classes, entry => entry.Class == layoutClass);
        rules = at < 0 ? default : _classes[at];
        return at >= 0;
    }

    /// <summary>True if the shard exists now.</summary>
    /// <param name="id">The shard's name.</param>
    public bool IsLive(ShardId id) => _indexes.ContainsKey(id);

    /// <summary>The other half of a live shard's parent prefix, if that is a live shard too: what it can be merged with.</summary>
    /// <param name="id">The shard's name.</param>
    /// <param name="sibling">The sibling, when the result is true.</param>
    public bool TryGetSibling(ShardId id, [NotNullWhen(true)] out ShardInfo? sibling)
    {
        sibling = null;
        if (!_indexes.TryGetValue(id, out int at) || _shards[at].Depth == 0) return false;
        int other = _shards[at].Prefix.Bytes.Bit(_shards[at].Depth - 1) == 0 ? at + 1 : at - 1;
        bool found = other > at ? other < _shards.Length && _shards[at].IsLeftSiblingOf(_shards[other]) : other >= 0 && _shards[other].IsLeftSiblingOf(_shards[at]);
        if (found) sibling = _shards[other];
        return found;
    }

    /// <summary>True if <see cref="Split"/> takes this shard: it is live, and there is room for one more.</summary>
    /// <param name="shard">Any id.</param>
    public bool CanSplit(ShardId shard) =>
        _indexes.TryGetValue(shard, out int at) && _shards[at].Depth < ShardInfo.MaxDepth && _shards.Length < MaxShards && _lineage.Count + 2 <= MaxLineage && NextId < ulong.MaxValue - 1;

    /// <summary>True if <see cref="Merge"/> takes these two: both live, and the left and the right half of one prefix.</summary>
    /// <param name="left">Any id.</param>
    /// <param name="right">Any id.</param>
    public bool CanMerge(ShardId left, ShardId right) =>
        _indexes.TryGetValue(left, out int l) && _indexes.TryGetValue(right, out int r) && _shards[l].IsLeftSiblingOf(_shards[r]) && _lineage.Count < MaxLineage && NextId < ulong.MaxValue;

    /// <summary>The layout in which two new shards have taken a live one's place.</summary>
    /// <param name="shard">A live shard.</param>
    /// <param name="epoch">The epoch, not before that of the last change.</param>
    /// <exception cref="ArgumentException"><see cref="CanSplit"/> is false, or the epoch lies before the last change.</exception>
    public ShardLayout Split(ShardId shard, ulong epoch)
    {
        if (!CanSplit(shard)) throw new ArgumentException($"Expected a live shard, and room for one more in {MaxShards} shards and {MaxLineage} of lineage, got shard {shard} of {_shards.Length}.", nameof(shard));
        CheckEpoch(epoch);
        ShardInfo parent = _lineage[shard];
        ShardId left = new(NextId), right = new(NextId + 1);
        return new ShardLayout(Version + 1, NextId + 2, _classes, _lineage
            .SetItem(shard, parent.Became(left, right))
            .Add(left, new ShardInfo(left, parent.Class, parent.LeftPrefix, parent.Depth + 1, Version + 1, epoch, [shard]))
            .Add(right, new ShardInfo(right, parent.Class, parent.RightPrefix, parent.Depth + 1, Version + 1, epoch, [shard])));
    }

    /// <summary>The layout in which one new shard has taken the place of two live siblings.</summary>
    /// <param name="left">The sibling with the lower prefix.</param>
    /// <param name="right">The other one.</param>
    /// <param name="epoch">The epoch, not before that of the last change.</param>
    /// <exception cref="ArgumentException"><see cref="CanMerge"/> is false, or the epoch lies before the last change.</exception>
    public ShardLayout Merge(ShardId left, ShardId right, ulong epoch)
    {
        if (!CanMerge(left, right)) throw new ArgumentException($"Expected the left and the right of two live siblings, and room in {MaxLineage} of lineage, got {left} and {right}.", nameof(left));
        CheckEpoch(epoch);
        ShardInfo half = _lineage[left];
        ShardId whole = new(NextId);
        return new ShardLayout(Version + 1, NextId + 1, _classes, _lineage
            .SetItem(left, half.Became(whole))
            .SetItem(right, _lineage[right].Became(whole))
            .Add(whole, new ShardInfo(whole, half.Class, half.Prefix, half.Depth - 1, Version + 1, epoch, [left, right])));
    }

    /// <summary>True if <see cref="AddClass"/> takes this class: its rules are valid, the layout lacks it, and there is room for one more shard.</summary>
    /// <param name="rules">Any rules.</param>
    public bool CanAddClass(in LayoutClassRules rules) =>
        rules.IsValid && !TryGetRules(rules.Class, out _) && _shards.Length < MaxShards && _lineage.Count < MaxLineage && NextId < ulong.MaxValue;

    /// <summary>The layout with one class more, of one shard that holds all its keys.</summary>
    /// <param name="rules">The class and its rules.</param>
    /// <param name="epoch">The epoch, not before that of the last change.</param>
    /// <exception cref="ArgumentException"><see cref="CanAddClass"/> is false, or the epoch lies before the last change.</exception>
    public ShardLayout AddClass(LayoutClassRules rules, ulong epoch)
    {
        if (!CanAddClass(rules)) throw new ArgumentException($"Expected valid rules of a class that the layout lacks, and room for one more shard, got {rules}.", nameof(rules));
        CheckEpoch(epoch);
        var first = new ShardId(NextId);
        return new ShardLayout(
            Version + 1, NextId + 1, [.. _classes.Append(rules).OrderBy(entry => entry.Class)], _lineage.Add(first, new ShardInfo(first, rules.Class, default, 0, Version + 1, epoch, [])));
    }

    /// <summary>The same layout without the past shards that were split or merged before an epoch; nobody can ask about them any more.</summary>
    /// <param name="epoch">The first epoch whose changes stay known, later than any in which a message to a past shard may still come.</param>
    public ShardLayout Forget(ulong epoch) =>
        new(Version, NextId, _classes, _lineage.RemoveRange(_lineage.Values.Where(shard => !shard.IsLive && _lineage[shard.Children[0]].BornEpoch < epoch).Select(shard => shard.Id)), _shards);

    /// <summary>True if the second shard came from the first by one or more splits and merges. Forgotten shards are nobody's ancestors.</summary>
    /// <param name="ancestor">Any id.</param>
    /// <param name="descendant">Any id.</param>
    public bool IsAncestor(ShardId ancestor, ShardId descendant) => LineageWalk.IsAncestor(_lineage, ancestor, descendant);

    /// <summary>The live shards that hold what a shard held, in the order of their prefixes; itself while it is live, none if it is not known.</summary>
    /// <param name="shard">Any id.</param>
    public ReadOnlySpan<ShardInfo> HoldersOf(ShardId shard)
    {
        if (!_lineage.TryGetValue(shard, out ShardInfo? past)) return default;
        int from = TableOf(past.Class)!.IndexOf(past.Prefix), to = from;
        while (to < _shards.Length && _shards[to].Overlaps(past)) to++;
        return _shards.AsSpan(from, to - from);
    }

    /// <summary>
    /// The channels between live shards that go on where a channel stopped: one from each holder of its source to each
    /// holder of its destination. Every one of them starts from the watermark that the channel had.
    /// </summary>
    /// <param name="channel">A channel between shards that the layout knows; of others there are no successors.</param>
    public IReadOnlyList<ShardChannel> SuccessorsOf(ShardChannel channel)
    {
        var channels = new List<ShardChannel>();
        foreach (ShardInfo source in HoldersOf(channel.Source))
            foreach (ShardInfo destination in HoldersOf(channel.Destination)) channels.Add(new ShardChannel(source.Id, destination.Id));
        return channels;
    }

    /// <summary>
    /// The channels that a channel directly continues: those of the parents of the end, or ends, that the latest change
    /// made. None for a channel between two shards of the first layout, or to or from one that is newer and the first of its class.
    /// </summary>
    /// <param name="channel">A channel between shards that the layout knows; of others there are no predecessors.</param>
    public IReadOnlyList<ShardChannel> PredecessorsOf(ShardChannel channel) => LineageWalk.PredecessorsOf(_lineage, channel);

    /// <summary>The digest of the encoding that <see cref="Write"/> gives: what beacon blocks and triggers bind.</summary>
    public Digest Hash()
    {
        object? known = _hash;
        return known is Digest hash ? hash : (Digest)(_hash = LayoutCodec.HashOf(this));
    }

    /// <summary>Writes the wire form, docs/formats/sharding-layout.md.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output) => LayoutCodec.Write(this, output);

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">Exactly one layout.</param>
    /// <param name="layout">The layout, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out ShardLayout? layout) => LayoutCodec.TryRead(source, out layout);

    internal int IndexOf(in Digest key) => _tables[0]!.IndexOf(key);

    internal int IndexOf(ShardId id) => _indexes.TryGetValue(id, out int index) ? index : -1;

    private PrefixTable? TableOf(LayoutClass layoutClass) => layoutClass.Value < _tables.Length ? _tables[layoutClass.Value] : null;

    private void CheckEpoch(ulong epoch)
    {
        if (_lineage[new ShardId(NextId - 1)].BornEpoch is var last && epoch < last) throw new ArgumentException($"Expected epoch {last} or later, got {epoch}.", nameof(epoch));
    }
}
