using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// One of the Solidity contracts again, in C#, for an <see cref="InProcessChain"/>: the same calls, answers, events and
/// errors, over a state that is an immutable value. One suite of tests runs against both.
/// </summary>
/// <typeparam name="TState">The contract's storage.</typeparam>
internal abstract class ContractTwin<TState> : InProcessContract where TState : class
{
    private readonly Dictionary<uint, Entry> _functions = [];

    /// <summary>The contract's custom errors.</summary>
    protected abstract IReadOnlyList<AbiFunction> Errors { get; }

    /// <inheritdoc/>
    public sealed override ChainAnswer Run(InProcessFrame frame, ReadOnlySpan<byte> input)
    {
        if (input.Length < AbiFunction.SelectorSize || !_functions.TryGetValue(Key(input), out Entry? entry)) return default;
        if (frame.Value > 0 && !entry.IsPayable) return default;
        if (entry.Function.TryDecode(input.ToArray(), out AbiValue arguments) != AbiReadResult.Ok) return default;
        var call = new TwinCall<TState>(frame, Errors);
        try
        {
            AbiValue[] outputs = entry.Handler(call, arguments);
            return new ChainAnswer(true, AbiCodec.Encode(entry.Function.Outputs, outputs));
        }
        catch (ContractRevert revert)
        {
            return new ChainAnswer(false, revert.Data);
        }
        catch (OverflowException)
        {
            return new ChainAnswer(false, ContractRevert.Overflow().Data);
        }
    }

    /// <summary>Adds a function that may change the state.</summary>
    protected void On(AbiFunction function, Action<TwinCall<TState>, AbiValue> handler, bool isPayable = false) =>
        On(function, (call, arguments) => { handler(call, arguments); return []; }, isPayable);

    /// <summary>Adds a function that answers.</summary>
    protected void On(AbiFunction function, Func<TwinCall<TState>, AbiValue, AbiValue[]> handler, bool isPayable = false) =>
        _functions.Add(Key(function.Selector), new Entry(function, handler, isPayable));

    private static uint Key(ReadOnlySpan<byte> selector) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(selector);

    private sealed record Entry(AbiFunction Function, Func<TwinCall<TState>, AbiValue, AbiValue[]> Handler, bool IsPayable);
}

/// <summary>A call of a contract's twin.</summary>
internal sealed class TwinCall<TState>(InProcessFrame frame, IReadOnlyList<AbiFunction> errors) where TState : class
{
    public InProcessFrame Frame => frame;

    public L1Address Sender => frame.Sender;

    public UInt128 Value => frame.Value;

    public ulong Now => frame.Block.TimestampSeconds;

    /// <summary>The contract's storage; to change it is to replace it.</summary>
    public TState State
    {
        get => frame.Load<TState>();
        set => frame.Store(value);
    }

    /// <summary>Reverts with a custom error unless something holds.</summary>
    public void Require(bool holds, string error, params ReadOnlySpan<AbiValue> arguments)
    {
        if (!holds) throw Revert(error, arguments);
    }

    /// <summary>To be thrown: reverts with a custom error.</summary>
    public ContractRevert Revert(string error, params ReadOnlySpan<AbiValue> arguments) => new(errors.First(known => known.Name == error).Encode(arguments));

    /// <summary>Logs an event; its members in the order of its signature.</summary>
    public void Emit(AbiEvent type, params ReadOnlySpan<AbiValue> members)
    {
        (byte[] topics, byte[] data) = type.Encode(members);
        frame.Log(topics, data);
    }

    /// <summary>Pays an account, or reverts with an error of no arguments.</summary>
    public void Pay(L1Address to, UInt128 amount, string error = "TransferFailed") => Require(frame.Call(new ChainCall(to, default, amount)).IsOk, error);

    /// <summary>Calls another contract; if that reverts, so does this.</summary>
    public AbiValue Call(L1Address to, AbiFunction function, UInt128 value, params ReadOnlySpan<AbiValue> arguments)
    {
        ChainAnswer answer = frame.Call(new ChainCall(to, function.Encode(arguments), value));
        if (!answer.IsOk) throw new ContractRevert(answer.Output.ToArray());
        return function.TryDecodeOutput(answer.Output, out AbiValue values) == AbiReadResult.Ok ? values : throw new ContractRevert([]);
    }
}

/// <summary>Ends a call of a twin as Solidity's revert does; never leaves it.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Control flow within one class.")]
internal sealed class ContractRevert(byte[] data) : Exception
{
    public new ReadOnlyMemory<byte> Data => data;

    /// <summary>Solidity's checked arithmetic.</summary>
    public static ContractRevert Overflow() => new(RevertReason.PanicError.Encode(0x11UL));

    /// <summary>Solidity's checked index.</summary>
    public static ContractRevert IndexOutOfRange() => new(RevertReason.PanicError.Encode(0x32UL));
}
