using System.Buffers;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Stark;

/// <summary>The public messages of a statement, checked and copied. Immutable and thread-safe.</summary>
internal sealed class PublicMessageList<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly PublicMessage<TField>[] _messages;
    private readonly int[] _buses;
    private readonly LookupPlan _plan;
    private readonly ArrayBufferWriter<byte> _encoding;

    private PublicMessageList(StarkKey<TField> key, IReadOnlyList<PublicMessage<TField>> messages)
    {
        _plan = key.Lookups;
        _messages = new PublicMessage<TField>[messages.Count];
        _buses = new int[_messages.Length];
        byte[]?[] descriptions = new byte[]?[_plan.Buses.Count];
        int size = sizeof(uint), length = 0;
        for (int i = 0; i < _messages.Length; i++)
        {
            PublicMessage<TField> message = _messages[i] = messages[i];
            int bus = _buses[i] = Number(key, message);
            length += message.Elements.Length;
            size += (descriptions[bus] ??= Describe(message.Bus)).Length + 1 + message.Elements.Length * TField.EncodedSize;
        }
        TField[] elements = new TField[length];
        _encoding = new(size);
        WireWriter writer = new(_encoding);
        writer.WriteUInt32((uint)_messages.Length);
        length = 0;
        for (int i = 0; i < _messages.Length; i++)
        {
            ref PublicMessage<TField> message = ref _messages[i];
            Memory<TField> copy = elements.AsMemory(length, message.Elements.Length);
            message.Elements.CopyTo(copy);
            message = message with { Elements = copy };
            length += copy.Length;
            writer.WriteSpan(descriptions[_buses[i]]);
            writer.WriteByte((byte)message.Direction);
            foreach (TField element in copy.Span)
            {
                element.Write(_encoding.GetSpan(TField.EncodedSize));
                _encoding.Advance(TField.EncodedSize);
            }
        }
    }

    /// <summary>The messages, in order.</summary>
    public IReadOnlyList<PublicMessage<TField>> Messages => _messages;

    /// <summary>The list of a key that accepts some, which may be empty; null of one that accepts none.</summary>
    /// <exception cref="ArgumentException">There are more than the key accepts, or one is not of its buses: the caller's own.</exception>
    public static PublicMessageList<TField>? Of(StarkKey<TField> key, IReadOnlyList<PublicMessage<TField>>? messages)
    {
        int most = key.Parameters.Shape.MaxPublicMessages;
        messages ??= [];
        if (messages.Count > most) throw new ArgumentException($"Expected at most {most} public messages, got {messages.Count}.", nameof(messages));
        return most == 0 ? null : new(key, messages);
    }

    /// <summary>Absorbs their number and, of each, bus, direction and elements.</summary>
    public void Bind(ITranscript transcript) => transcript.Absorb("public messages"u8, _encoding.WrittenSpan);

    /// <summary>The sum of their fractions, +1 / value of those sent and -1 / value of those received.</summary>
    /// <param name="alpha">What values start from.</param>
    /// <param name="beta">Whose powers tell elements apart.</param>
    /// <param name="sum">The sum; zero if there is none.</param>
    /// <returns>Whether every message has a fraction: false if a value is zero.</returns>
    public bool TrySum<TParameters>(Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, out Extension<TField, TParameters> sum)
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        LookupChallenges<TField, TParameters> challenges = new(alpha, beta, _plan.MessageLength);
        // Over one denominator, so that one inverse does for all.
        Extension<TField, TParameters> numerator = default, denominator = Extension<TField, TParameters>.One;
        for (int i = 0; i < _messages.Length; i++)
        {
            Extension<TField, TParameters> value = challenges.Start(_buses[i]);
            ReadOnlySpan<TField> elements = _messages[i].Elements.Span;
            for (int j = 0; j < elements.Length; j++) value += challenges.Power(j) * elements[j];
            numerator *= value;
            numerator = _messages[i].Direction == BusDirection.Send ? numerator + denominator : numerator - denominator;
            denominator *= value;
        }
        sum = default;
        if (denominator == default) return false;
        sum = numerator * denominator.Inverse();
        return true;
    }

    private static int Number(StarkKey<TField> key, PublicMessage<TField> message)
    {
        Bus bus = message.Bus;
        if (bus is null) throw new ArgumentException("Expected public messages with a bus, got one without.", nameof(message));
        if (key.Shared?.Has(bus) == true) throw new ArgumentException($"Expected public messages on the proof's own buses, got one on the shared bus {bus.Name}.", nameof(message));
        if (!key.Lookups.TryNumber(bus, out int number)) throw new ArgumentException($"Expected public messages on buses that a table uses, got one on {bus.Name}.", nameof(message));
        if (message.Elements.Length != bus.Length) throw new ArgumentException($"Expected {bus.Length} elements on bus {bus.Name}, got {message.Elements.Length}.", nameof(message));
        if (message.Direction is not (BusDirection.Send or BusDirection.Receive)) throw new ArgumentException($"Expected a public message that is sent or received, got {message.Direction}.", nameof(message));
        return number;
    }

    private static byte[] Describe(Bus bus)
    {
        ArrayBufferWriter<byte> bytes = new();
        GraphDescription.WriteBus(bus, new(bytes));
        return bytes.WrittenSpan.ToArray();
    }
}
