namespace Prozchain.DataAvailability.Tests.Squares;

/// <summary>Block 10383867 of the Mocha test network (app version 7): its one transaction, and the data hash in its header.</summary>
internal static class CelestiaBlockFixture
{
    public const string DataHash = "4655347bb5fe1ee5efe242556f76d4d570244d7341693f5d95cf1ab12cca9a0e";

    public static byte[] Transaction => Convert.FromBase64String(
        "Cs4CCqABCp0BCiAvY2VsZXN0aWEuYmxvYi52MS5Nc2dQYXlGb3JCbG9icxJ5Ci9jZWxlc3RpYTE0NXl2azVrdWRoYzVqa21ucWhzN3hhZ3NhMn" +
        "pwOXF5ZGV4a2N3cBIdAAAAAAAAAAAAAAAAAAAAAAAAAAAAbXQtZnAtdG4aAoYDIiCYh3WNOPczmFSTRNfqCz2j3IKZqp6h2rKb7l0FqRT6UEIB" +
        "ABJnClIKRgofL2Nvc21vcy5jcnlwdG8uc2VjcDI1NmsxLlB1YktleRIjCiECdVK4aV8nlGVcMSA685AyIzzWsTZBXN0yI4zDsYDT7mgSBAoCCA" +
        "EY+aYcEhEKCwoEdXRpYRIDMzIwELTvBBpAg3+U3D9L8AfHBBpFHYrRQZdmUXKAoGfcj1DemxLsaCdRsA27SzEnpu7NvPddkqpDEE/yybgiijWy" +
        "y64FTrcoKhKnAwocAAAAAAAAAAAAAAAAAAAAAAAAAABtdC1mcC10bhKGA3sic3RhdGVfcm9vdCI6IjA3YjQ0YjBlNTllNjgzZTY4YjE0MmU4Nz" +
        "I4MTU0YjI1MjY3OWZjODA5YzhiOGM0MzRlYWY5NGU0YTNjZGY2YzciLCJzaWduYXR1cmUiOiJNRVFDSUh3dFFNcVY0TTBvNHFBVmVoUUtpdXdY" +
        "ZEpRUm5hekhoSmgrbzMzc2dtcGpBaUJQSUZvY2gxVzV3bGJSN2wranZ5d0hUZ3c2NHQyc3VISW05TmVqMW5DR0dBPT0iLCJsMl9ibG9ja19udW" +
        "1iZXIiOjY0ODEwODAsImwxX2Jsb2NrX2hhc2giOiIweGYxYjYxNDA1ZmZmZDk4NjlhZTI0M2MyNzVlOWNiMDBhNmRlNzg0ZTcyOWJhZjc2NTNk" +
        "NzUyNzVlYzEzNTczN2MiLCJsMV9ibG9ja19udW1iZXIiOjEwNDA2NjY2LCJzaWduX2FkZHJlc3MiOiIweEQzOTMwYWNFMTY0NzY1RjAwMGJCNW" +
        "I3RDg2OTk0YWIzZkE2YjhGMDMifRoEQkxPQg==");
}
