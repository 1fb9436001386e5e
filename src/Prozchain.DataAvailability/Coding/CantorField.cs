namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// GF(2^8) or GF(2^16), with every element written by its coordinates in a Cantor basis, as Leopard has it.
/// </summary>
/// <remarks>
/// A Cantor basis v_0 = 1, v_i² + v_i = v_(i-1) turns the subspace polynomials s_j of the additive FFT into shifts:
/// s_1(x) = x² + x, s_(j+1) = s_1(s_j), so that s_j of an element is its coordinates shifted right by j.
/// Addition is XOR of coordinates. Source: Gao and Mateer, "Additive fast Fourier transforms over finite fields" (2010);
/// Lin, Chung, Han, "Novel polynomial basis and its application to Reed-Solomon erasure codes" (2014).
/// </remarks>
internal sealed class CantorField
{
    private readonly ushort[] _log;
    private readonly ushort[] _exp;

    private CantorField(int bits, int polynomial, ReadOnlySpan<ushort> basis)
    {
        Bits = bits;
        int order = 1 << bits;
        Modulus = order - 1;

        // Logarithms to base x, of elements in the usual (polynomial) coordinates.
        var polynomialLog = new ushort[order];
        for (int power = 0, element = 1; power < Modulus; power++)
        {
            polynomialLog[element] = (ushort)power;
            element <<= 1;
            if (element >= order) element ^= polynomial;
        }

        _log = new ushort[order];
        // Twice the period, so that a sum of two logarithms needs no reduction.
        _exp = new ushort[2 * Modulus];
        var toPolynomial = new ushort[order];
        for (int element = 1; element < order; element++)
        {
            int top = 31 - int.LeadingZeroCount(element);
            toPolynomial[element] = (ushort)(toPolynomial[element ^ (1 << top)] ^ basis[top]);
            int log = polynomialLog[toPolynomial[element]];
            _log[element] = (ushort)log;
            _exp[log] = _exp[log + Modulus] = (ushort)element;
        }
    }

    /// <summary>GF(2^8), polynomial 0x11D.</summary>
    public static CantorField Gf8 { get; } = new(8, 0x11D, [1, 214, 152, 146, 86, 200, 88, 230]);

    /// <summary>GF(2^16), polynomial 0x1002D.</summary>
    public static CantorField Gf16 { get; } = new(16, 0x1002D,
    [
        0x0001, 0xACCA, 0x3C0E, 0x163E, 0xC582, 0xED2E, 0x914C, 0x4012,
        0x6C98, 0x10D8, 0x6A72, 0xB900, 0xFDB8, 0xFB34, 0xFF38, 0x991E,
    ]);

    public int Bits { get; }

    /// <summary>Order of the multiplicative group: 2^bits - 1.</summary>
    public int Modulus { get; }

    /// <summary>Logarithms by coordinates; entry 0 is 0 and means nothing.</summary>
    public ReadOnlySpan<ushort> Logs => _log;

    public int Multiply(int a, int b) => a == 0 || b == 0 ? 0 : _exp[_log[a] + _log[b]];

    /// <summary>The element with this logarithm, 0 to <see cref="Modulus"/> - 1.</summary>
    public int Exp(int log) => _exp[log];

    /// <summary>target ^= source × factor, symbol by symbol. Lengths are equal and multiples of 64.</summary>
    public void MultiplyAdd(Span<byte> target, ReadOnlySpan<byte> source, int factor)
    {
        if (factor == 0) return;
        ReadOnlySpan<ushort> log = _log, exp = _exp.AsSpan(_log[factor]);
        if (Bits == 8)
        {
            for (int i = 0; i < source.Length; i++)
            {
                int symbol = source[i];
                if (symbol != 0) target[i] ^= (byte)exp[log[symbol]];
            }
            return;
        }

        // Leopard's layout for 16 bits: of every 64 bytes, 32 hold the low bytes of 32 symbols, the next 32 their high bytes.
        for (int chunk = 0; chunk < source.Length; chunk += 64)
        {
            for (int i = chunk; i < chunk + 32; i++)
            {
                int symbol = source[i] | source[i + 32] << 8;
                if (symbol == 0) continue;
                int product = exp[log[symbol]];
                target[i] ^= (byte)product;
                target[i + 32] ^= (byte)(product >> 8);
            }
        }
    }
}
