namespace Prozchain.Sharding.Execution;

/// <summary>Takes, from <see cref="IShardTransition.Declare"/>, what one transaction touches.</summary>
public ref struct AccessDeclaration
{
    private readonly AccessList _list;
    private readonly int _first;
    private bool _bad;

    internal AccessDeclaration(AccessList list)
    {
        _list = list;
        _first = list.Count;
    }

    internal AccessDeclaration(AccessList list, in Digest knownSender) : this(list) => KnownSender = knownSender;

    /// <summary>Gas that the transaction may spend; counts in full against the block's.</summary>
    public ulong GasLimit { get; set; }

    /// <summary>The cell that pays and counts: decides the shard that takes the transaction, and its place in a pool.</summary>
    public Digest Sender { get; set; }

    /// <summary>The sender's own number of the transaction, if it has one: see <see cref="ISequencedTransition"/>.</summary>
    public ulong? Sequence { get; set; }

    /// <summary>True if the cells are not known before execution.</summary>
    public bool IsUndeclared { get; private set; }

    /// <summary>The sender's cell, where the caller has hashed its key already (<see cref="SenderCells"/>); else zero.</summary>
    internal Digest KnownSender { get; }

    /// <summary>Number of cells declared so far.</summary>
    public readonly int Count => _list.Count - _first;

    /// <summary>True where the declaration breaks a rule of its own.</summary>
    internal readonly bool IsBad => _bad || IsUndeclared && Count > 0;

    /// <summary>The cell is read, and not written.</summary>
    /// <param name="key">Its key; may lie in another shard.</param>
    public void Reads(in Digest key) => Add(key, written: false);

    /// <summary>The cell is written, and may be read.</summary>
    /// <param name="key">Its key; may lie in another shard.</param>
    public void Writes(in Digest key) => Add(key, written: true);

    /// <summary>The cells are found out by executing. Excludes <see cref="Reads"/> and <see cref="Writes"/>.</summary>
    public void Undeclared() => IsUndeclared = true;

    private void Add(in Digest key, bool written)
    {
        int count = Count;
        if (count == ExecutionLimits.MaxCellsPerTransaction) { _bad = true; return; }
        for (int i = 0; i < count; i++) _bad |= _list.Keys[_first + i] == key;
        _list.Add(key, written);
    }
}
