namespace Prozchain.Testing;

/// <summary>
/// Mutates valid encodings into hostile ones: flipped bits, replaced, inserted and removed bytes, truncation,
/// extension, doubled runs, inflated lengths, pure noise. The same seed gives the same bytes.
/// </summary>
public static class HostileBytes
{
    /// <summary>
    /// Feeds <paramref name="count"/> mutations of <paramref name="seeds"/> to a reader and fails, with the mutation
    /// that did it, if the reader throws.
    /// </summary>
    public static void Feed(IReadOnlyList<byte[]> seeds, ReadAttempt reader, int count = 100_000, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(reader);
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            byte[] mutated = Mutate(seeds[i % seeds.Count], random);
            try
            {
                reader(mutated);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Mutation {i} of seed {seed} made the reader throw {e}: {Convert.ToHexString(mutated.AsSpan(0, Math.Min(mutated.Length, 256)))}");
            }
        }
    }

    /// <summary>One hostile variant of a valid encoding, one to four mutations deep.</summary>
    public static byte[] Mutate(ReadOnlySpan<byte> valid, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var bytes = new List<byte>(valid.Length + 16);
        bytes.AddRange(valid);
        for (int rounds = random.Next(1, 5); rounds > 0; rounds--)
        {
            int at = bytes.Count == 0 ? 0 : random.Next(bytes.Count);
            switch (bytes.Count == 0 ? 3 : random.Next(9))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 9))); break;
                case 3: bytes.InsertRange(at, Noise(random, random.Next(1, 9))); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes.AddRange(Noise(random, random.Next(1, 65))); break;
                case 6: for (int i = at; i < Math.Min(at + 4, bytes.Count); i++) bytes[i] = 0xFF; break;
                case 7: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 32))); break;
                default: bytes[at] = (byte)(bytes[at] + (random.Next(2) == 0 ? 1 : 255)); break;
            }
        }
        return random.Next(100) == 0 ? Noise(random, random.Next(200)) : [.. bytes];
    }

    private static byte[] Noise(Random random, int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }
}

/// <summary>Hands bytes to a reader under test. Reading may fail; it must not throw.</summary>
public delegate void ReadAttempt(ReadOnlySpan<byte> bytes);
