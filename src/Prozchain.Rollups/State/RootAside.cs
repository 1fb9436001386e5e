using System.Runtime.ExceptionServices;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.State;

/// <summary>
/// Works a state's root out on another core while this one encodes the batch: whoever reads keys and values meanwhile is
/// not disturbed, since the root changes hashes alone. Allocates nothing after construction.
/// </summary>
internal sealed class RootAside<THash>(StateStore<THash> state) : IThreadPoolWorkItem where THash : IStateHash
{
    private readonly object _gate = new();
    private bool _isDone;
    private Digest32 _root;
    private Exception? _fault;

    /// <summary>Starts; nothing may be written to the state until <see cref="End"/>.</summary>
    public void Start()
    {
        (_fault, _root, _isDone) = (null, default, false);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Waits for the root.</summary>
    public Digest32 End()
    {
        lock (_gate)
        {
            while (!_isDone) Monitor.Wait(_gate);
        }
        if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
        return _root;
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _root = state.Root();
        }
        // Whatever it is, whoever waits is told.
        catch (Exception e)
        {
            _fault = e;
        }
        lock (_gate)
        {
            _isDone = true;
            Monitor.Pulse(_gate);
        }
    }
}
