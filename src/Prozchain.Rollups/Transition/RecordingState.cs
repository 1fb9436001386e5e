using System.Buffers;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Shared;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// A view that notes every key touched and keeps writes to itself, so that afterwards it can prove, against the
/// untouched state below, all that a stateless host needs to repeat the run.
/// </summary>
/// <typeparam name="THash">The hash of the tree.</typeparam>
public sealed class RecordingState<THash> : IStateView where THash : IStateHash
{
    private readonly StateStore<THash> _below;
    private readonly HashSet<Bytes32> _touched = [];
    private readonly Dictionary<Bytes32, byte[]> _written = [];
    private readonly List<(Bytes32 Key, byte[]? Before)> _undo = [];

    /// <summary>Records over a whole state, which stays as it is and must not change meanwhile.</summary>
    public RecordingState(StateStore<THash> state) => _below = state ?? throw new ArgumentNullException(nameof(state));

    /// <summary>Records over a part of a state.</summary>
    public RecordingState(StatelessState<THash> state) => _below = state?.Store ?? throw new ArgumentNullException(nameof(state));

    /// <inheritdoc/>
    public StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value)
    {
        if (_written.TryGetValue(key.Value, out byte[]? written))
        {
            value = written;
            return StateReadStatus.Found;
        }
        _touched.Add(key.Value);
        return _below.Read(key, out value);
    }

    /// <inheritdoc/>
    public bool Write(in Digest32 key, ReadOnlySpan<byte> value)
    {
        if (value.Length > LeafTable.MaxValue) throw new ArgumentException($"Expected at most {LeafTable.MaxValue} bytes, got {value.Length}.", nameof(value));
        if (_below.Read(key, out _) == StateReadStatus.Unknown) return false;
        _touched.Add(key.Value);
        _undo.Add((key.Value, _written.GetValueOrDefault(key.Value)));
        _written[key.Value] = value.ToArray();
        return true;
    }

    /// <inheritdoc/>
    public long Mark() => _undo.Count;

    /// <inheritdoc/>
    public void Revert(long mark)
    {
        for (int i = _undo.Count - 1; i >= mark; i--)
        {
            if (_undo[i].Before is { } before) _written[_undo[i].Key] = before;
            else _written.Remove(_undo[i].Key);
        }
        _undo.RemoveRange((int)mark, _undo.Count - (int)mark);
    }

    /// <summary>Proof of every key touched, those of writes undone too, against the root of the state below. Null if that state is a part that lacks one.</summary>
    public StateWitness? Witness()
    {
        Bytes32[] keys = [.. _touched];
        foreach (Bytes32 key in keys)
            if (_below.Read(new Digest32(key), out _) == StateReadStatus.Unknown) return null;
        Array.Sort(keys);
        if (keys.Length == 0 || _below.Root() == default) return StateWitness.Empty;
        var nodes = new ArrayBufferWriter<byte>();
        WitnessCodec.Write(_below, keys, nodes);
        return WitnessCodec.IsWellFormed(nodes.WrittenSpan, out int leaves) ? new StateWitness(nodes.WrittenMemory, leaves) : null;
    }
}
