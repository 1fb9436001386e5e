using System.Buffers;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>
/// A replica of the registry that follows a ledger: it applies what the ledger has, in its order, and puts operations into it.
/// Safe for concurrent use; one catch-up runs at a time.
/// </summary>
public sealed class ModelRegistry : IDisposable
{
    private readonly IModelLedger _ledger;
    private readonly RegistryState _state;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Lock _lock = new();
    private readonly List<RegistryStatus> _outcomes = [];
    private readonly byte[] _buffer = new byte[RegistryOperation.MaxBytes];
    private readonly long _first;

    /// <summary>Makes an empty replica.</summary>
    /// <param name="ledger">Where operations go and come from.</param>
    /// <param name="rules">What all replicas agree on.</param>
    public ModelRegistry(IModelLedger ledger, RegistryRules rules)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        (_ledger, _state) = (ledger, new RegistryState(rules));
    }

    private ModelRegistry(IModelLedger ledger, RegistryState state, long position) => (_ledger, _state, _first) = (ledger, state, position);

    /// <summary>Makes a replica that begins where a snapshot was made, not at the ledger's first operation. Never throws on hostile bytes.</summary>
    /// <param name="ledger">Where operations go and come from.</param>
    /// <param name="rules">What all replicas agree on.</param>
    /// <param name="checkpoint">Where the snapshot was made, and the root there: what the caller trusts. Nothing of the snapshot is believed that does not have this root.</param>
    /// <param name="snapshot">What <see cref="WriteSnapshot"/> wrote, nothing more.</param>
    /// <param name="registry">The replica, or null.</param>
    /// <returns>Ok, or what is wrong with the snapshot.</returns>
    /// <exception cref="ArgumentException">The checkpoint's position is negative, or its root is not 32 bytes.</exception>
    public static RegistryStatus TryOpen(IModelLedger ledger, RegistryRules rules, RegistryCheckpoint checkpoint, ReadOnlySpan<byte> snapshot, out ModelRegistry? registry)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentOutOfRangeException.ThrowIfNegative(checkpoint.Position, nameof(checkpoint));
        if (checkpoint.Root.Length != Bytes32.Size) throw new ArgumentException($"Expected a root of {Bytes32.Size} bytes, got {checkpoint.Root.Length}.", nameof(checkpoint));
        RegistryStatus status = RegistrySnapshot.TryRead(snapshot, rules, new Bytes32(checkpoint.Root.Span), out RegistryState? state);
        registry = state is null ? null : new ModelRegistry(ledger, state, checkpoint.Position);
        return status;
    }

    /// <summary>Writes the state as it is now (docs/formats/ai-registry-snapshot.md), for <see cref="TryOpen"/>. Look-ups and operations go on meanwhile.</summary>
    /// <param name="output">Receives it.</param>
    /// <returns>What a reader must know of it from elsewhere.</returns>
    public RegistryCheckpoint WriteSnapshot(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        RegistryCheckpoint checkpoint;
        RegistryRecord[] records;
        ulong slot;
        // Records do not change; only which ones there are does.
        lock (_lock) (checkpoint, records, slot) = (new RegistryCheckpoint(_first + _outcomes.Count, _state.Root), _state.Records(), _state.Slot);
        RegistrySnapshot.Write(output, slot, records);
        return checkpoint;
    }

    /// <summary>How many operations of the ledger this replica has seen.</summary>
    public long Position { get { lock (_lock) return _first + _outcomes.Count; } }

    /// <summary>Commits to the state at <see cref="Position"/>, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Root { get { lock (_lock) return _state.Root; } }

    /// <summary>Looks at the state, which no operation changes meanwhile.</summary>
    /// <param name="look">Called once; must not call the registry, nor keep the state.</param>
    public TResult Read<TResult>(Func<RegistryState, TResult> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        lock (_lock) return look(_state);
    }

    /// <summary>Finds a version by <c>name@version</c>, or the newest of a bare name that is neither retired nor pruned.</summary>
    /// <param name="reference">Untrusted text.</param>
    /// <param name="version">The version, or null.</param>
    public RegistryStatus Resolve(ReadOnlySpan<char> reference, out ModelVersion? version)
    {
        lock (_lock) return _state.Resolve(reference, out version);
    }

    /// <summary>What came of an operation that was seen.</summary>
    /// <param name="position">Its position, below <see cref="Position"/> and not before the snapshot that the replica began from.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not seen by this replica.</exception>
    public RegistryStatus OutcomeOf(long position)
    {
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(position, _first);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, _first + _outcomes.Count);
            return _outcomes[(int)(position - _first)];
        }
    }

    /// <summary>Applies everything that the ledger has by now.</summary>
    /// <param name="cancellationToken">Ends the call early, between two operations.</param>
    /// <returns>The position reached.</returns>
    /// <exception cref="IOException">The ledger cannot be reached.</exception>
    public async ValueTask<long> SyncAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long position = Position;
            while (await _ledger.ReadAsync(position, _buffer, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                lock (_lock)
                {
                    // What does not fit is longer than any operation.
                    RegistryStatus status = entry.Length is < 0 or > RegistryOperation.MaxBytes ? RegistryStatus.Malformed
                        : _state.Apply(_buffer.AsSpan(0, (int)entry.Length), entry.Slot);
                    _outcomes.Add(status);
                }
                position++;
            }
            return position;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Puts an operation into the ledger and applies what the ledger has up to it.</summary>
    /// <param name="operation">The operation; its actor must have authorised it as the ledger asks.</param>
    /// <param name="cancellationToken">Ends the call early; the operation may be in the ledger all the same.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="IOException">The ledger refuses it, cannot be reached, or does not show what it took in.</exception>
    public async ValueTask<RegistryStatus> SubmitAsync(RegistryOperation operation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        long position = await _ledger.AppendAsync(operation.Encoded, cancellationToken).ConfigureAwait(false);
        long reached = await SyncAsync(cancellationToken).ConfigureAwait(false);
        if (position < _first || position >= reached) throw new IOException($"Expected the ledger to show position {position}, which it gave out, got {reached} operations.");
        return OutcomeOf(position);
    }

    /// <summary>Gives back what waits for the ledger.</summary>
    public void Dispose() => _gate.Dispose();
}
