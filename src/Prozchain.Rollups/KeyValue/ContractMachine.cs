using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.KeyValue;

/// <summary>
/// Runs one program. Whatever the bytes: every operation costs, so each run ends, and what cannot be done ends it with a
/// status. Undoing is the caller's.
/// </summary>
internal ref struct ContractMachine<TView, THash>
    where TView : IStateView
    where THash : IStateHash
{
    public const int MaxStack = 256, MostWords = 16;
    private const int Word = sizeof(ulong), KeyWords = 4, RecipientWords = 3;

    private readonly TView _state;
    private readonly EffectLog _effects;
    private readonly BatchContext _context;
    private readonly Digest32 _contract, _caller;
    private readonly ReadOnlySpan<byte> _code, _input;
    private readonly Span<ulong> _stack;
    private Meter _meter;
    private int _depth, _at;

    public ContractMachine(TView state, EffectLog effects, in BatchContext context, in Digest32 contract, in Digest32 caller, ReadOnlySpan<byte> code, ReadOnlySpan<byte> input, Span<ulong> stack, Meter meter)
    {
        (_state, _effects, _context, _contract, _caller, _meter) = (state, effects, context, contract, caller, meter);
        _code = code;
        _input = input;
        _stack = stack;
    }

    public readonly ResourceUse Used => _meter.Used;

    public TransitionStatus Run()
    {
        while (_at < _code.Length)
        {
            if (!_meter.TryCharge(1, 1)) return TransitionStatus.OverCap;
            var op = (Op)_code[_at++];
            if (op == Op.Stop) return TransitionStatus.Applied;
            TransitionStatus status = op switch
            {
                < Op.Add => Shuffle(op),
                < Op.Jump => Calculate(op),
                Op.Jump or Op.JumpIf => Jump(op),
                Op.Load or Op.Store => Access(op),
                Op.Caller or Op.Input or Op.Time => Ask(op),
                Op.Emit => Emit(),
                _ => TransitionStatus.Reverted,
            };
            if (status != TransitionStatus.Applied) return status;
        }
        return TransitionStatus.Applied;
    }

    private TransitionStatus Shuffle(Op op)
    {
        if (op == Op.Pop) return TryPop(1, out _) ? TransitionStatus.Applied : TransitionStatus.Reverted;
        int length = op == Op.Push8 ? Word : 1;
        if (_code.Length - _at < length) return TransitionStatus.Reverted;
        ReadOnlySpan<byte> operand = _code.Slice(_at, length);
        _at += length;
        switch (op)
        {
            case Op.Push1: return Push(operand[0]);
            case Op.Push8: return Push(BinaryPrimitives.ReadUInt64LittleEndian(operand));
            case Op.Copy when operand[0] < _depth: return Push(_stack[_depth - 1 - operand[0]]);
            case Op.Swap when operand[0] < _depth:
                (_stack[_depth - 1], _stack[_depth - 1 - operand[0]]) = (_stack[_depth - 1 - operand[0]], _stack[_depth - 1]);
                return TransitionStatus.Applied;
            default: return TransitionStatus.Reverted;
        }
    }

    private TransitionStatus Calculate(Op op)
    {
        if (!TryPop(op == Op.IsZero ? 1 : 2, out ReadOnlySpan<ulong> words)) return TransitionStatus.Reverted;
        ulong a = words[0], b = words[^1];
        if (op is Op.Divide or Op.Remainder && b == 0) return TransitionStatus.Reverted;
        return op switch
        {
            Op.Add => Push(a + b),
            Op.Subtract => Push(a - b),
            Op.Multiply => Push(a * b),
            Op.Divide => Push(a / b),
            Op.Remainder => Push(a % b),
            Op.Less => Push(a < b ? 1UL : 0),
            Op.Equal => Push(a == b ? 1UL : 0),
            Op.IsZero => Push(a == 0 ? 1UL : 0),
            _ => TransitionStatus.Reverted,
        };
    }

    private TransitionStatus Jump(Op op)
    {
        if (_code.Length - _at < sizeof(ushort)) return TransitionStatus.Reverted;
        int target = BinaryPrimitives.ReadUInt16LittleEndian(_code[_at..]);
        _at += sizeof(ushort);
        ReadOnlySpan<ulong> condition = [1];
        if (op == Op.JumpIf && !TryPop(1, out condition)) return TransitionStatus.Reverted;
        if (condition[0] == 0) return TransitionStatus.Applied;
        _at = target;
        return target < _code.Length ? TransitionStatus.Applied : TransitionStatus.Reverted;
    }

    private TransitionStatus Access(Op op)
    {
        bool isStore = op == Op.Store;
        if (!TryPop(KeyWords + (isStore ? 1 : 0), out ReadOnlySpan<ulong> words)) return TransitionStatus.Reverted;
        if (!(isStore ? _meter.TryCharge(Costs.Write, Costs.ProvingWrite) : _meter.TryCharge(Costs.Read, Costs.ProvingRead))) return TransitionStatus.OverCap;
        Span<byte> input = stackalloc byte[Digest32.Size + KeyWords * Word], value = stackalloc byte[Word];
        _contract.Span.CopyTo(input);
        for (int i = 0; i < KeyWords; i++) BinaryPrimitives.WriteUInt64LittleEndian(input[(Digest32.Size + i * Word)..], words[i]);
        var key = new Digest32(TreeHash<THash>.Hash(Contracts<THash>.StorageTag, input));
        if (isStore)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(value, words[KeyWords]);
            return _state.Write(key, value) ? TransitionStatus.Applied : TransitionStatus.MissingState;
        }
        StateReadStatus status = _state.Read(key, out ReadOnlySpan<byte> found);
        if (status == StateReadStatus.Unknown) return TransitionStatus.MissingState;
        if (status == StateReadStatus.Found && found.Length != Word) return TransitionStatus.CorruptState;
        return Push(status == StateReadStatus.Found ? BinaryPrimitives.ReadUInt64LittleEndian(found) : 0);
    }

    private TransitionStatus Ask(Op op)
    {
        if (op == Op.Time) return Push(_context.TimestampSeconds);
        if (op == Op.Caller)
        {
            for (int i = 0; i < KeyWords; i++)
                if (Push(BinaryPrimitives.ReadUInt64LittleEndian(_caller.Span[(i * Word)..])) != TransitionStatus.Applied) return TransitionStatus.Reverted;
            return TransitionStatus.Applied;
        }
        if (!TryPop(1, out ReadOnlySpan<ulong> index)) return TransitionStatus.Reverted;
        Span<byte> word = stackalloc byte[Word];
        word.Clear();
        if (index[0] < (ulong)_input.Length)
        {
            ReadOnlySpan<byte> rest = _input[Math.Min(_input.Length, (int)index[0] * Word)..];
            rest[..Math.Min(Word, rest.Length)].CopyTo(word);
        }
        return Push(BinaryPrimitives.ReadUInt64LittleEndian(word));
    }

    private TransitionStatus Emit()
    {
        if (_at == _code.Length) return TransitionStatus.Reverted;
        int count = _code[_at++];
        if (count > MostWords || !TryPop(RecipientWords + count, out ReadOnlySpan<ulong> words)) return TransitionStatus.Reverted;
        if (!_meter.TryCharge(Costs.Effect + (ulong)(count * Word) * Costs.Byte, Costs.ProvingEffect)) return TransitionStatus.OverCap;
        Span<byte> bytes = stackalloc byte[(RecipientWords + MostWords) * Word];
        for (int i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * Word)..], words[i]);
        _effects.Send(Contracts<THash>.AddressOf(_contract), new L1Address(bytes[..L1Address.Size]), bytes.Slice(RecipientWords * Word, count * Word));
        return TransitionStatus.Applied;
    }

    private TransitionStatus Push(ulong word)
    {
        if (_depth == _stack.Length) return TransitionStatus.Reverted;
        _stack[_depth++] = word;
        return TransitionStatus.Applied;
    }

    // The words, the deepest first. They stay until the next push.
    private bool TryPop(int count, out ReadOnlySpan<ulong> words)
    {
        bool ok = _depth >= count;
        if (ok) _depth -= count;
        words = ok ? _stack.Slice(_depth, count) : default;
        return ok;
    }
}
