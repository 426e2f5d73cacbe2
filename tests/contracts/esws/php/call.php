<?php
// Calls the service with PHP's SoapClient. Reads {"wsdl", "location", "calls": [{"operation", "parameters"}]} as JSON from
// standard input; without "wsdl" it calls without one. Writes a list of {"result"} or {"fault"}.
declare(strict_types=1);

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$options = ['cache_wsdl' => WSDL_CACHE_NONE, 'exceptions' => true] + ($given['options'] ?? []);
$client = isset($given['wsdl'])
    ? new SoapClient($given['wsdl'], $options)
    : new SoapClient(null, ['location' => $given['location'], 'uri' => 'uen:esws'] + $options);
$said = [];
foreach ($given['calls'] as ['operation' => $operation, 'parameters' => $given_parameters]) {
    try {
        if (isset($given['wsdl'])) {
            $result = $client->{$operation}(...array_values($given_parameters));
        } else {
            $parameters = [];
            foreach ($given_parameters as $name => $value) {
                $parameters[] = new SoapParam($value, (string) $name);
            }
            $result = $client->__soapCall($operation, $parameters);
        }
        $said[] = ['result' => $result];
    } catch (SoapFault $fault) {
        $said[] = ['fault' => $fault->faultcode];
    }
}
echo json_encode($said, JSON_THROW_ON_ERROR);
