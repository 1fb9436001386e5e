using System.Buffers.Binary;
using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.State;

/// <summary>Messages of a state's tree: what it is given, what is nearly that, and anything.</summary>
internal static class TreeMessages
{
    private const uint Modulus = 0x7F000001;

    public static byte[] Make(SeededRandom random, byte domain, int length)
    {
        var message = new byte[length];
        random.NextBytes(message);
        if (length != 64 || random.Next(4) == 0) return message;
        if (domain == 2) return Record(random, random.Next(3) == 0);
        for (int at = 0; at < length; at += 4) BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(at), Word(random));
        switch (random.Next(6))
        {
            case 0: Key((uint)random.Next(1 << 30)).CopyTo(message, 0); break;
            case 1: Key(random.Next(2) == 0 ? 1u << 30 : (1u << 30) - 1).CopyTo(message, 0); break;
            case 2: BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4 * random.Next(16)), Modulus); break;
            default: message[0] |= (byte)(random.Next(2) << 7); break;
        }
        return message;
    }

    /// <summary>The record of an account, or one that differs in a field that is too large.</summary>
    public static byte[] Record(SeededRandom random, bool isSpoiled = false, uint? number = null)
    {
        var record = new byte[64];
        int spoiled = isSpoiled ? random.Next(5) : -1;
        BinaryPrimitives.WriteUInt32LittleEndian(record, spoiled == 0 ? 1u << 30 : number ?? (uint)random.Next(1 << 30));
        for (int i = 0; i < 8; i++) BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4 + 4 * i), Word(random));
        if (spoiled == 1) BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4 + 4 * random.Next(8)), Modulus);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(36), spoiled == 2 ? 1UL << 60 : random.NextUInt64() >> random.Next(4, 60));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(44), spoiled == 3 ? 1u << 30 : (uint)random.Next(1 << 30));
        UInt128 balance = ((UInt128)random.NextUInt64() << 64 | random.NextUInt64()) >> random.Next(8, 120);
        BinaryPrimitives.WriteUInt128LittleEndian(record.AsSpan(48), spoiled == 4 ? UInt128.One << 120 : balance);
        return record;
    }

    /// <summary>The key of an account's record.</summary>
    public static byte[] Key(uint number)
    {
        var key = new byte[32];
        BinaryPrimitives.WriteUInt32BigEndian(key, number);
        return key;
    }

    private static uint Word(SeededRandom random) => random.Next(8) == 0 ? Modulus - 1 : (uint)random.NextUInt64(Modulus);
}
