Console.WriteLine("milvus-optimize");
