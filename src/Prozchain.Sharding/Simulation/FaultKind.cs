namespace Prozchain.Sharding.Simulation;

/// <summary>What goes wrong.</summary>
public enum FaultKind
{
    /// <summary>Messages between two sets of nodes are lost.</summary>
    Partition,

    /// <summary>Messages between two sets of nodes wait until it heals.</summary>
    Clog,

    /// <summary>Messages between two sets are lost, as many in a thousand as the amount says.</summary>
    Loss,

    /// <summary>Messages between two sets come twice, as many in a thousand as the amount says.</summary>
    Duplicate,

    /// <summary>Messages between two sets are held back, each for a uniform time up to the amount, milliseconds.</summary>
    Reorder,

    /// <summary>Messages between two sets take longer by the amount, milliseconds.</summary>
    Delay,

    /// <summary>Nodes take as many times as long as the amount says for each call, and a call costs at least 100 µs.</summary>
    Slow,

    /// <summary>Nodes lose their power at the beginning and get it back at the end. Of what was not durable a prefix survives.</summary>
    Crash,

    /// <summary>A node loses its power when it persists a record, before any of it reaches the medium; the amount is the record's number, from 0, since the fault began.</summary>
    CrashBeforePersist,

    /// <summary>The same while the record is being written: a part of its bytes reaches the medium.</summary>
    CrashInPersist,

    /// <summary>The same when the record has become durable and nothing after it has left the node.</summary>
    CrashAfterPersist,

    /// <summary>The nodes' media take no more records: one that persists stops, and starts again at the end.</summary>
    DiskFull,
}
