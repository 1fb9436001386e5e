using Prozchain.Testing;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>Every AIR shipped, with a small trace.</summary>
internal static class AirCases
{
    public static string[] Names { get; } =
        ["fibonacci", "range bits", "range bytes", "range table", "byte range", "byte table", "words", "blake3", "sha256", "sha256 blocks", "keccak", "poseidon2", "poseidon2 on its bus"];

    public static AirCase Make(string name)
    {
        var random = new SeededRandom(7);
        switch (name)
        {
            case "fibonacci":
                return AirCase.Of(new FibonacciAir(), FibonacciAir.Generate(F.Zero, F.One, 8), F.Zero, F.One, F.FromUInt32(21));
            case "range bits":
                return AirCase.Of(new RangeBitsAir(5), new RangeBitsAir(5).Generate<F>([0, 31, 7, 16, 9]));
            case "range bytes":
                return AirCase.Of(new RangeBytesAir(3), new RangeBytesAir(3).Generate<F>([0, 0xFFFFFF, 0x10203], new uint[256]));
            case "range table":
                return AirCase.Of(new RangeTableAir(5), new RangeTableAir(5).Generate<F>([.. Enumerable.Range(0, 32).Select(i => (uint)i % 3)]));
            case "byte range":
                return AirCase.Of(new ByteRangeAir(), ByteRangeAir.Generate<F>(new uint[256]));
            case "byte table":
                return AirCase.Of(new ByteTableAir(), ByteTableAir.Generate<F>(new uint[ByteTableAir.Height], new uint[ByteTableAir.Height]));
            case "words":
                return AirCase.Of(new WordOperationsAir(),
                    WordOperationsAir.Generate<F>([new(false, 1, 2), new(true, 0xDEADBEEF, 0xFFFF), new(true, 7, 5)], new uint[1 << 16], new uint[1 << 16]));
            case "blake3":
                return AirCase.Of(new Blake3CompressionAir(), Blake3Compression.Generate<F>([Blake3(random), Blake3(random)]));
            case "sha256":
                return AirCase.Of(new Sha256CompressionAir(), Sha256Compression.Generate<F>([new(Words(random, 8), Words(random, 16)), new(Words(random, 8), Words(random, 16))]));
            case "sha256 blocks":
                var statement = new Sha256FileStatement(150, 5, 0, [2, 1]);
                byte[] file = new byte[150], hash = new byte[32];
                random.NextBytes(file);
                Sha256.Hash(file, hash);
                return AirCase.Of((Sha256BlocksAir)statement.Airs[0], statement.Traces<F>(file)[0], statement.PublicValues<F>(hash, file.AsSpan(0, 5))[0]);
            case "keccak":
                return AirCase.Of(new KeccakAir(), KeccakInput.Generate<F>([Keccak(random), Keccak(random)]));
            case "poseidon2":
                return AirCase.Of(new Poseidon2Air<KoalaBear>(), new Poseidon2Air<KoalaBear>().Generate(FieldTools.Elements<F>(16 * 13, 7)));
            case "poseidon2 on its bus":
                return AirCase.Of(new Poseidon2Air<KoalaBear>(2, onBus: true), new Poseidon2Air<KoalaBear>(2, onBus: true).Generate(FieldTools.Elements<F>(16 * 5, 8)));
            default:
                throw new ArgumentException($"Expected an AIR, got {name}.", nameof(name));
        }
    }

    public static uint[] Words(SeededRandom random, int count)
    {
        var words = new uint[count];
        for (int i = 0; i < count; i++) words[i] = (uint)random.NextUInt64();
        return words;
    }

    public static Blake3Compression Blake3(SeededRandom random) => new(Words(random, 8), Words(random, 16), random.NextUInt64(), (uint)random.Next(65), (uint)random.Next(128));

    public static KeccakInput Keccak(SeededRandom random)
    {
        var state = new ulong[25];
        for (int i = 0; i < 25; i++) state[i] = random.NextUInt64();
        return new(state);
    }
}
